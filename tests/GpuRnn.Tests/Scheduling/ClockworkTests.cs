using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Tests.Scheduling;

/// <summary>Groups of units that wait: what they cost, and what their graph may not say.</summary>
public sealed class ClockworkTests : IDisposable
{
    private const int HiddenSize = 256;
    private const int TimeSteps = 8;

    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose() => _device.Dispose();

    /// <summary>Of 64 units each: period 1 hears 256 at 8 steps, 2 hears 192 at 4, 4 hears 128 at 2, 8 hears 64 at one.</summary>
    [Theory]
    [InlineData("clockwork", 25_088)]
    [InlineData("elman", 65_536)]
    public void Step_Multiplies_OnlyWhatDueGroupsHear(string cell, long perStep)
    {
        CountingMatrixExecutor counting = new(_device);
        StepGraph graph = Cells.Parse(cell).BuildGraph(3, HiddenSize);
        using ISequenceLoop loop = new StepwiseSequenceExecutor(_device, counting)
            .Prepare(new SequenceLoopRequest(graph, SequenceLayout.Full(TimeSteps, 1), IsReverse: false, NeedsGradient: true));
        using DeviceBuffer<float> memory = _device.Allocate<float>(TimeSteps * HiddenSize);
        RowsView rows = new(memory.View, HiddenSize);
        SequenceForwardArguments forward = new()
        {
            Inputs = rows,
            Weights = [.. graph.StepProducts.Select(product => _device.Allocate<float>(product.Rows * product.SourceWidth).View)],
            Biases = [.. graph.StepProducts.Select(_ => memory.View)],
            Parameters = [],
            InitialStates = [default],
            States = [rows],
            Values = [],
            FinalStates = [rows],
        };

        loop.Forward(_device.DefaultStream, forward);
        Assert.Equal(TimeSteps * perStep, counting.MultiplyAdds);

        counting.MultiplyAdds = 0;
        loop.Backward(_device.DefaultStream, new SequenceBackwardArguments
        {
            Forward = forward,
            StateGradients = [rows],
            FinalStateGradients = [default],
            InputGradients = rows,
            ProductGradients = [.. graph.StepProducts.Select(_ => rows)],
            InitialStateGradients = [default],
            ParameterGradients = [],
        });
        Assert.Equal(TimeSteps * perStep, counting.MultiplyAdds);
    }

    [Fact]
    public void Supports_GroupsThatWait_AreRefusedByLoopsOfOneProductAndNode()
    {
        StepGraph graph = new ClockworkCell(2).BuildGraph(3, 5);

        Assert.Equal(
            "its nodes run every few steps or cover a part of a state, and the fused kernel runs all units at every step",
            OneProductStep.Read(graph, "the fused kernel", holdsInputs: false, out _).Reason);
    }

    [Theory]
    [InlineData(0, "units of period 4: it writes state 0 from unit 4 on, but the nodes before it end at 3. Leave no gap.")]
    [InlineData(1, "units of period 4: its period is 1, but that of product \"recurrent product 1\" before it is 4. Give both the same.")]
    [InlineData(2, "units of period 4: its period is 0, but at least 1 is needed. Let it run at every step or every few.")]
    [InlineData(3, "units of period 4: it writes values and runs every 4 steps, but a value lives within a step. Write states alone.")]
    [InlineData(4, "the graph: state 0 (h) has 5 units, but only 4 are written. Let one node write it.")]
    public void Create_GraphThatDoesNotFit_SaysWhy(int fault, string expected)
    {
        StepGraph graph = new ClockworkCell(1, 4).BuildGraph(3, 5);
        PointwiseNode last = (PointwiseNode)graph.Nodes[^1];
        StepNode[] before = [.. graph.Nodes.Take(graph.Nodes.Count - 1)];
        StepGraph changed = fault switch
        {
            0 => graph with { Nodes = [.. before, last with { FirstUnit = 4 }] },
            1 => graph with { Nodes = [.. before, last with { Period = 1 }] },
            2 => graph with { Nodes = [.. before, last with { Period = 0 }] },
            3 => graph with { Nodes = [.. before, last with { WrittenValues = [0] }], Values = [new StepValue("v", 2)] },
            _ => graph with { Nodes = [.. before, last with { Width = 1 }] },
        };

        ArgumentException error = Assert.Throws<ArgumentException>(() => CellCheck.Require(changed, new ClockworkCell(1, 4).Parameters(3, 5)));

        Assert.Equal("Cell \"clockwork-1-4\", " + expected, error.Message);
    }

    [Fact]
    public void Zoneout_OfGroupsThatWait_IsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new StepOptions { Zoneout = 0.5f }.Apply(Cells.Parse("clockwork"), isTraining: true));

        Assert.StartsWith(
            "Cell \"clockwork\", zoneout: 0.5 arrived for clockwork, but its units must take a new state at every step, and some of them wait.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData()]
    [InlineData(0, 1)]
    [InlineData(1, 4, 2)]
    public void Periods_ThatDoNotAscend_AreRefused(params int[] periods) => Assert.StartsWith(
        $"ClockworkCell: the periods are {string.Join(", ", periods)}, but a list of ascending whole numbers, such as",
        Assert.Throws<ArgumentException>(() => new ClockworkCell(periods)).Message,
        StringComparison.Ordinal);

    private sealed class CountingMatrixExecutor(Device device) : IMatrixExecutor
    {
        private readonly PlainMatrixExecutor _plain = new(device);

        public string Name => "counting";

        public long MultiplyAdds { get; set; }

        public void Multiply(DeviceStream stream, in MatrixProduct product)
        {
            MultiplyAdds += (long)product.M * product.N * product.K;
            _plain.Multiply(stream, product);
        }
    }
}
