using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The fused schedule against the double reference, and between devices to the bit.</summary>
public sealed class FusedStepTests : IClassFixture<FusedStepDevices>
{
    private static readonly string[] s_cells = ["elman", "lstm", "gru"];
    private static readonly int[] s_unsortedLengths = [2, 0, 6, 1, 5];

    private readonly FusedStepDevices _devices;

    public FusedStepTests(FusedStepDevices devices)
    {
        _devices = devices;
    }

    /// <summary>Cells, layers, directions, lengths.</summary>
    public static TheoryData<string, int, bool, bool> Shapes
    {
        get
        {
            TheoryData<string, int, bool, bool> data = [];
            foreach (string cell in s_cells)
            {
                data.Add(cell, 1, false, false);
                data.Add(cell, 1, false, true);
                data.Add(cell, 1, true, false);
                data.Add(cell, 2, true, true);
            }

            // Learned vectors, and more input slots than blocks of the product.
            data.Add("peephole", 1, true, true);
            data.Add("leaky-learned", 1, false, true);
            data.Add("depth-gated", 2, false, true);

            // Several nodes a step: a product of a value, of a state at t, two for one node, parts of a state that wait.
            data.Add("gru-reset-before", 1, true, true);
            data.Add("lstm-projected-3", 2, false, true);
            data.Add("jordan-recurrent-3", 1, true, true);
            data.Add("clockwork-2-3", 1, true, true);

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Passes_AsPlainCSharp_AgreeWithTheReference(string cell, int layers, bool bidirectional, bool hasLengths) =>
        Check("plain", cell, layers, bidirectional, hasLengths);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Passes_AsCompiledLoops_AgreeWithTheReference(string cell, int layers, bool bidirectional, bool hasLengths) =>
        Check("compiled", cell, layers, bidirectional, hasLengths);

    [OpenClTheory]
    [MemberData(nameof(Shapes))]
    public void Passes_OnOpenCl_AgreeWithTheReference(string cell, int layers, bool bidirectional, bool hasLengths) =>
        Check("opencl:0", cell, layers, bidirectional, hasLengths);

    /// <summary>A tile has 8 or 4 rows and 16 units.</summary>
    [OpenClTheory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(3, 7, 5, 15)]
    [InlineData(2, 8, 16, 16)]
    [InlineData(2, 9, 33, 17)]
    [InlineData(2, 2, 7, 131)]
    public void Passes_SizesBesideTiles_AgreeWithTheReference(int timeSteps, int batchSize, int inputSize, int hiddenSize)
    {
        foreach (string cell in s_cells)
        {
            SequenceSpecification specification = Specify(cell) with
            {
                TimeSteps = timeSteps, BatchSize = batchSize, InputSize = inputSize, HiddenSize = hiddenSize, NeedsGradient = true,
            };
            using PlanCase plan = new(_devices.Open("opencl:0"), specification, true);
            plan.RunAndCheck(null);
        }
    }

    [OpenClFact]
    public void Passes_OtherLengths_AgreeWithTheReference()
    {
        using PlanCase plan = new(_devices.Open("opencl:0"), Specify("gru") with { Bidirectional = true, NeedsGradient = true }, true);
        foreach (int[]? lengths in new int[]?[] { null, s_unsortedLengths, [0, 0, 0, 0, 0], [6, 6, 6, 6, 6], [1, 2, 3, 4, 5], null })
        {
            plan.Plan.SetLengths(lengths);
            plan.RunAndCheck(lengths);
        }
    }

    [OpenClTheory]
    [InlineData("elman")]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("peephole")]
    public void Forward_OnOpenCl_HasTheBitsOfPlainAndCompiledCSharp(string cell)
    {
        float[] expected = Output("plain", cell);

        ElementwiseAssert.SameBits(expected, Output("compiled", cell), "output of compiled loops");
        ElementwiseAssert.SameBits(expected, Output("opencl:0", cell), "output of OpenCL");
    }

    [OpenClFact]
    public void Passes_OfASeenShape_AllocateNothing()
    {
        Device device = _devices.Open("opencl:0");
        using PlanCase plan = new(device, Specify("lstm"), false);
        plan.RunAndCheck(null);
        int buffers = device.LiveBufferCount;
        plan.RunAndCheck(null);

        // The case itself uploads the input, the parameters, the output and the final states anew.
        Assert.Equal(buffers + 1 + plan.Plan.Parameters.Count + 1 + 2, device.LiveBufferCount);
    }

    [Fact]
    public void Supports_CellsThatDoNotFit_SaysWhy()
    {
        FusedStepExecutor executor = (FusedStepExecutor)_devices.Open("plain").SequenceExecutors[0];
        string Reason(StepGraph graph)
        {
            SupportAnswer answer = executor.Supports(new SequenceLoopRequest(graph, SequenceLayout.Full(2, 3), false, false));
            Assert.False(answer.IsSupported);
            return answer.Reason;
        }

        StepGraph lstm = Cells.Parse("lstm").BuildGraph(3, 5);
        StepGraph sum = lstm with { Nodes = [.. lstm.Nodes, new ReductionNode("sum of i", ReductionAxis.Row, 0, 0, 5)] };
        StepState[] more = [new("y", 5), new("z", 5)];

        Assert.Equal("a step has \"sum of i\", and the fused kernels hold products and pointwise nodes alone", Reason(sum));
        Assert.Equal("the cell has 4 states, and the fused kernels keep at most 3", Reason(lstm with { States = [.. lstm.States, .. more] }));
        PointwiseNode node = lstm.Nodes.OfType<PointwiseNode>().Single();
        Assert.Contains(
            "which is no struct that implements IStepNode",
            Reason(lstm with { Nodes = [.. lstm.Nodes.Select(one => one == node ? node with { Implementation = typeof(string) } : one)] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_StepsThatDoNotFitOneProductAndNode_SaysWhy()
    {
        static string Reason(StepGraph graph)
        {
            SupportAnswer answer = OneProductStep.Read(graph, "the fused kernel", holdsInputs: false, out _);
            Assert.False(answer.IsSupported);
            return answer.Reason;
        }

        StepGraph lstm = Cells.Parse("lstm").BuildGraph(3, 5);
        ProductNode product = lstm.StepProducts.Single();
        StepGraph With(ProductNode other) => lstm with { Nodes = [.. lstm.Nodes.Select(node => node == product ? other : node)] };

        Assert.Equal(
            "a step is 4 nodes, and the fused kernel is one product and one pointwise node behind it", Reason(Cells.Parse("gru-reset-before").BuildGraph(3, 5)));
        Assert.Contains("reads StepSource { Kind = PreviousState, Index = 1 }", Reason(With(product with { Source = StepSource.PreviousState(1) })), StringComparison.Ordinal);
        Assert.Contains("has 5 blocks, and a tile holds at most 4", Reason(With(product with { BlockCount = 5 })), StringComparison.Ordinal);
        Assert.Contains("the cell has 3 states", Reason(lstm with { States = [.. lstm.States, new StepState("y", 5)] }), StringComparison.Ordinal);
        Assert.Contains("the cell has 5 values", Reason(lstm with { Values = [.. lstm.Values, new StepValue("v", 5)] }), StringComparison.Ordinal);
        Assert.Contains(
            "has 4 learned vectors, and the fused kernel reads at most 3",
            Reason(lstm with { Parameters = [.. Enumerable.Range(0, 4).Select(i => new StepParameter($"p{i}", 5))] }), StringComparison.Ordinal);
        Assert.Contains("differ in width", Reason(lstm with { States = [lstm.States[0], new StepState("c", 6)] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_LoopForInference_SaysHowToGetGradients()
    {
        Device device = _devices.Open("plain");
        StepGraph graph = Cells.Parse("lstm").BuildGraph(3, 5);
        using ISequenceLoop loop = device.SequenceExecutors[0].Prepare(new SequenceLoopRequest(graph, SequenceLayout.Full(2, 3), false, false));

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => loop.Backward(device.DefaultStream, null!));

        Assert.Contains("NeedsGradient: true", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A product of more blocks than a tile holds gets a launch of its own; a node reads all of them from memory.</summary>
    [Theory]
    [InlineData("plain")]
    [InlineData("compiled")]
    public void Passes_OfFiveBlocks_AgreeWithTheReference(string device) => CheckFiveBlocks(device);

    [OpenClFact]
    public void Passes_OfFiveBlocksOnOpenCl_AgreeWithTheReference() => CheckFiveBlocks("opencl:0");

    private void CheckFiveBlocks(string device)
    {
        SequenceSpecification specification = Specify("lstm") with
        {
            Cell = AutomaticCell.Create<FiveBlocks>("five-blocks"), HiddenSize = 19, Lengths = s_unsortedLengths, NeedsGradient = true,
        };
        using PlanCase plan = new(_devices.Open(device), specification, true);
        Assert.Contains("fused-step", plan.Plan.Describe(), StringComparison.Ordinal);
        plan.RunAndCheck(specification.Lengths);
    }

    private void Check(string device, string cell, int layers, bool bidirectional, bool hasLengths)
    {
        foreach (bool needsGradient in new[] { false, true })
        {
            SequenceSpecification specification = Specify(cell) with
            {
                LayerCount = layers, Bidirectional = bidirectional, Lengths = hasLengths ? s_unsortedLengths : null, NeedsGradient = needsGradient,
            };
            using PlanCase plan = new(_devices.Open(device), specification, needsGradient);
            Assert.Contains("fused-step", plan.Plan.Describe(), StringComparison.Ordinal);
            plan.RunAndCheck(specification.Lengths);
            plan.RunAndCheck(specification.Lengths);
        }
    }

    private float[] Output(string name, string cell)
    {
        Device device = _devices.Open(name);
        SequenceSpecification specification = Specify(cell) with { BatchSize = 9, InputSize = 7, HiddenSize = 37 };
        using SequencePlan plan = SequencePlanner.Create(device, specification);
        Random random = new(3);
        List<DeviceBuffer<float>> buffers = [];
        GpuRnn.KernelModel.ArrayView<float> Upload(int length)
        {
            DeviceBuffer<float> buffer = device.Allocate<float>(length);
            buffer.CopyFrom([.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 2.0) - 1.0))]);
            buffers.Add(buffer);
            return buffer.View;
        }

        GpuRnn.KernelModel.ArrayView<float> input = Upload(6 * 9 * 7);
        GpuRnn.KernelModel.ArrayView<float>[] parameters = [.. plan.Parameters.Select(parameter => Upload(parameter.ElementCount))];
        GpuRnn.KernelModel.ArrayView<float>[] initial = [.. specification.Cell.BuildGraph(7, 37).States.Select(_ => Upload(9 * 37))];
        GpuRnn.KernelModel.ArrayView<float> output = Upload(6 * 9 * 37);
        plan.Forward(device.DefaultStream, input, parameters, initial, output, [.. initial.Select(_ => default(GpuRnn.KernelModel.ArrayView<float>))]);
        float[] result = new float[output.Length];
        buffers[^1].CopyTo(result);
        buffers.ForEach(buffer => buffer.Dispose());
        return result;
    }

    private static SequenceSpecification Specify(string cell) => new()
    {
        Cell = Cells.Parse(cell),
        InputSize = 3,
        HiddenSize = 5,
        TimeSteps = 6,
        BatchSize = 5,
        ScheduleOverride = "fused-step",
    };

    private readonly struct FiveBlocks : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T first = T.Sigmoid(slots.Input(0) + slots.Product(0)) * T.Tanh(slots.Input(1) + slots.Product(1));
            T second = T.Sigmoid(slots.Input(2) + slots.Product(2)) * T.Tanh(slots.Input(3) + slots.Product(3));
            slots.SetState(0, first + (second * T.Tanh(slots.Input(4) + slots.Product(4))));
        }
    }
}
