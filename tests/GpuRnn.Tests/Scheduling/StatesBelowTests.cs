using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>Cells that read states of the layer below, beyond what <see cref="SequencePlanTests"/> tries with every cell.</summary>
public sealed class StatesBelowTests : IDisposable
{
    private static readonly Cell[] s_cells = [new DepthGatedLstmCell(), new StatesBelowCell()];

    private readonly Device _device = DeviceCatalog.Open("cpu");

    public static TheoryData<string, int> SchedulesAndLayers => new()
    {
        { "stepwise", 1 },
        { "stepwise", 2 },
        { "stepwise", 3 },
        { "persistent", 1 },
        { "persistent", 2 },
        { "persistent", 3 },
    };

    [Theory]
    [MemberData(nameof(SchedulesAndLayers))]
    public void ForwardAndBackward_EverySize_AgreeWithTheReference(string schedule, int layers)
    {
        foreach (Cell cell in s_cells)
        {
            foreach ((int timeSteps, int batchSize, int inputSize, int hiddenSize) in new[] { (1, 1, 1, 3), (7, 1, 2, 5), (1, 17, 33, 31), (3, 2, 5, 33) })
            {
                SequenceSpecification specification = Specify(cell, layers) with
                {
                    TimeSteps = timeSteps,
                    BatchSize = batchSize,
                    InputSize = inputSize,
                    HiddenSize = hiddenSize,
                    NeedsGradient = true,
                    ScheduleOverride = schedule,
                };
                using PlanCase plan = new(_device, specification, true);
                plan.RunAndCheck(null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SchedulesAndLayers))]
    public void ForwardAndBackward_DropoutAndLengths_AgreeWithTheReference(string schedule, int layers)
    {
        int[]?[] all = [null, [2, 0, 6, 1, 5], [0, 0, 0, 0, 0], [6, 6, 6, 6, 6], [1, 2, 3, 4, 5]];
        foreach (Cell cell in s_cells)
        {
            foreach (bool bidirectional in new[] { false, true })
            {
                SequenceSpecification specification = Specify(cell, layers) with
                {
                    Bidirectional = bidirectional,
                    NeedsGradient = true,
                    ScheduleOverride = schedule,
                };
                using PlanCase plan = new(_device, specification, true, hasDropout: true);
                foreach (int[]? lengths in all)
                {
                    plan.Plan.SetLengths(lengths);
                    plan.RunAndCheck(lengths);
                }
            }
        }
    }

    [Theory]
    [InlineData("stepwise")]
    [InlineData("persistent")]
    public void Forward_TwoChunksWithCarriedStates_GiveTheWholeSequence(string schedule)
    {
        SequenceSpecification whole = Specify(s_cells[0], 3) with { ScheduleOverride = schedule };
        SequenceSpecification half = whole with { TimeSteps = whole.TimeSteps / 2 };
        using SequencePlan plan = SequencePlanner.Create(_device, whole);
        using SequencePlan chunk = SequencePlanner.Create(_device, half);
        ArrayView<float> input = Random(whole.TimeSteps * whole.BatchSize * whole.InputSize);
        ArrayView<float>[] parameters = [.. plan.Parameters.Select(parameter => Random(parameter.ElementCount))];
        ArrayView<float>[] middle = [.. plan.States.Select(state => Random(3 * whole.BatchSize * state.Width))];
        ArrayView<float>[] last = [.. plan.States.Select(state => Random(3 * whole.BatchSize * state.Width))];
        DeviceBuffer<float> expected = Buffer(whole.TimeSteps * whole.BatchSize * plan.OutputWidth);
        DeviceBuffer<float> output = Buffer((int)expected.Length);
        plan.Forward(_device.DefaultStream, input, parameters, [default, default], expected.View, [default, default]);
        chunk.Forward(_device.DefaultStream, Half(input, 0), parameters, [default, default], Half(output.View, 0), middle);
        chunk.Forward(_device.DefaultStream, Half(input, 1), parameters, middle, Half(output.View, 1), last);
        ElementwiseAssert.Close(
            Read(expected), Read(output), Tolerances.Single(2 * whole.HiddenSize, 3 * whole.TimeSteps), "outputs");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Create_CellThatReadsXAlone_ReservesNothingForStatesBelow(bool needsGradient)
    {
        // A persistent loop packs the weights of some cells' inputs for itself and leaves those of others to the plan.
        SequenceSpecification specification = Specify(Cells.Lstm, 3) with { Bidirectional = true, NeedsGradient = needsGradient, ScheduleOverride = "stepwise" };
        using SequencePlan plain = SequencePlanner.Create(_device, specification);
        using SequencePlan declared = SequencePlanner.Create(_device, specification with { Cell = Change(Sequences(5, 5)) });
        using SequencePlan reading = SequencePlanner.Create(_device, specification with { Cell = new DepthGatedLstmCell() });
        Assert.Equal(plain.WorkspaceBytes, declared.WorkspaceBytes);
        Assert.True(reading.WorkspaceBytes > plain.WorkspaceBytes);
    }

    [Fact]
    public void Describe_CellThatReadsStatesBelow_NamesThem()
    {
        using SequencePlan depth = SequencePlanner.Create(_device, Specify(s_cells[0], 2));
        using SequencePlan both = SequencePlanner.Create(_device, Specify(s_cells[1], 2));
        using SequencePlan none = SequencePlanner.Create(_device, Specify(Cells.Lstm, 2));
        Assert.Contains(
            "states of the layer below: c, as zeros in layer 0; each direction reads its own, without dropout", depth.Describe(), StringComparison.Ordinal);
        Assert.Contains("states of the layer below: s, y, as zeros", both.Describe(), StringComparison.Ordinal);
        Assert.DoesNotContain("layer below", none.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_MoreSequencesThanStates_ListsWhatAPlanFeeds()
    {
        Assert.Equal(
            "SequencePlanner.Create: the cell \"lstm\" declares 4 sequences, but a plan feeds 1 to 3: x, state 0 (h) of the layer below, "
            + "state 1 (c) of the layer below. Declare no others.",
            MessageOf<DeviceException>(Sequences(5, 5, 5)));
    }

    [Fact]
    public void Create_SequenceOfAnotherWidthThanItsState_NamesBoth()
    {
        Assert.Equal(
            "SequencePlanner.Create: the cell \"lstm\" declares sequence 2 with 4 elements a row, but state 1 (c) of the layer below has 5. "
            + "Declare it in that width.",
            MessageOf<DeviceException>(Sequences(5, 4)));
    }

    [Fact]
    public void Create_SequenceNodeInTheWrongSlot_NamesTheSlot()
    {
        Assert.Equal(
            "Cell \"lstm\", c below: its first slot is 3, but the input slots before it end at 4. Use slot 4.",
            MessageOf<ArgumentException>(Added(new SequenceNode("c below", StepSource.StateBelow(1), 5, 3))));
    }

    [Fact]
    public void Create_SequenceNodeOfAnotherWidth_NamesBothWidths()
    {
        Assert.Equal(
            "Cell \"lstm\", c below: source is 5 wide, but 6 is needed. Declare both in one width.",
            MessageOf<ArgumentException>(Added(new SequenceNode("c below", StepSource.StateBelow(1), 6, 4))));
    }

    [Fact]
    public void Create_SequenceNodeThatReadsAState_SaysWhatItReads()
    {
        Assert.StartsWith(
            "Cell \"lstm\", c: its source is StepSource { Kind = PreviousState, Index = 1 }, but it reads a sequence.",
            MessageOf<ArgumentException>(Added(new SequenceNode("c", StepSource.PreviousState(1), 5, 4))),
            StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    private static SequenceSpecification Specify(Cell cell, int layers)
    {
        return new SequenceSpecification { Cell = cell, InputSize = 3, HiddenSize = 5, LayerCount = layers, TimeSteps = 6, BatchSize = 5 };
    }

    private static Func<StepGraph, StepGraph> Sequences(params int[] below)
    {
        return graph => graph with { SequenceWidths = [.. graph.SequenceWidths, .. below] };
    }

    private static Func<StepGraph, StepGraph> Added(SequenceNode node)
    {
        return graph => Sequences(5, 5)(graph) with { Nodes = [graph.Nodes[0], node, .. graph.Nodes.Skip(1)] };
    }

    private static ChangedLstmCell Change(Func<StepGraph, StepGraph> change)
    {
        return new ChangedLstmCell(change);
    }

    private static ArrayView<float> Half(ArrayView<float> rows, int half)
    {
        return rows.SubView(half * rows.Length / 2, rows.Length / 2);
    }

    private string MessageOf<TException>(Func<StepGraph, StepGraph> change)
        where TException : Exception
    {
        return Assert.Throws<TException>(() => SequencePlanner.Create(_device, Specify(Change(change), 2))).Message;
    }

    private static float[] Read(DeviceBuffer<float> buffer)
    {
        float[] values = new float[buffer.Length];
        buffer.CopyTo(values);
        return values;
    }

    private ArrayView<float> Random(int count)
    {
        return Buffer(count).View;
    }

    private DeviceBuffer<float> Buffer(int count)
    {
        Random random = new(count);
        DeviceBuffer<float> buffer = _device.Allocate<float>(count);
        buffer.CopyFrom([.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))]);
        return buffer;
    }
}
