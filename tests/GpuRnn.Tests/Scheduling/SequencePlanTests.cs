using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

public sealed class SequencePlanTests : IDisposable
{
    private static readonly Cell[] s_testCells =
    [
        new StatesBelowCell(),
        new NormalisedElmanCell(ReductionAxis.Row),
        new NormalisedElmanCell(ReductionAxis.Batch),
    ];

    private static readonly string[] s_testCellNames = ["states-below", "layer-norm", "batch-norm"];
    private static readonly int[] s_unsortedLengths = [2, 0, 6, 1, 5];

    private readonly Device _device = DeviceCatalog.Open("cpu");

    public static TheoryData<string, string, int, bool, bool> Shapes
    {
        get
        {
            TheoryData<string, string, int, bool, bool> data = [];
            foreach (string cell in Cells.All.Select(cell => cell.Name).Concat(s_testCellNames))
            {
                foreach (string schedule in new[] { "stepwise", "persistent" })
                {
                    if (schedule == "persistent" && cell.EndsWith("norm", StringComparison.Ordinal))
                    {
                        continue;
                    }

                    data.Add(cell, schedule, 1, false, false);
                    data.Add(cell, schedule, 1, false, true);
                    data.Add(cell, schedule, 1, true, false);
                    data.Add(cell, schedule, 2, true, true);
                    data.Add(cell, schedule, 3, false, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ForwardAndBackward_EveryShape_AgreeWithTheReference(string cell, string schedule, int layers, bool bidirectional, bool hasLengths)
    {
        SequenceSpecification specification = Specify(cell, schedule) with
        {
            LayerCount = layers,
            Bidirectional = bidirectional,
            Lengths = hasLengths ? s_unsortedLengths : null,
            NeedsGradient = true,
        };
        foreach (bool hasStates in new[] { false, true })
        {
            bool records = hasStates && schedule == "stepwise";
            using PlanCase plan = new(_device, specification with { RecordsGradients = records }, hasStates);
            plan.RunAndCheck(specification.Lengths);
            plan.RunAndCheck(specification.Lengths);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_Inference_AgreesWithTheReference(string cell, string schedule, int layers, bool bidirectional, bool hasLengths)
    {
        SequenceSpecification specification = Specify(cell, schedule) with
        {
            LayerCount = layers,
            Bidirectional = bidirectional,
            Lengths = hasLengths ? s_unsortedLengths : null,
        };
        using PlanCase plan = new(_device, specification, true);
        plan.RunAndCheck(specification.Lengths);
    }

    [Theory]
    [InlineData("stepwise")]
    [InlineData("persistent")]
    public void ForwardAndBackward_DropoutBetweenLayers_AgreesWithTheReference(string schedule)
    {
        SequenceSpecification specification = Specify("lstm", schedule) with
        {
            LayerCount = 3,
            Bidirectional = true,
            Lengths = s_unsortedLengths,
            NeedsGradient = true,
        };
        using PlanCase plan = new(_device, specification, true, hasDropout: true);
        plan.RunAndCheck(specification.Lengths);
    }

    [Theory]
    [InlineData("stepwise")]
    [InlineData("persistent")]
    public void SetLengths_OtherLengths_AgreesWithTheReferenceAndAllocatesNothingThatStays(string schedule)
    {
        SequenceSpecification specification = Specify("gru", schedule) with { Bidirectional = true, NeedsGradient = true };
        int[]?[] all = [null, s_unsortedLengths, [0, 0, 0, 0, 0], [6, 6, 6, 6, 6], [3, 3, 3, 3, 3], [1, 2, 3, 4, 5], null];
        using PlanCase plan = new(_device, specification, true);
        long bytes = plan.Plan.WorkspaceBytes;
        foreach (int[]? lengths in all)
        {
            plan.Plan.SetLengths(lengths);
            plan.RunAndCheck(lengths);
            Assert.InRange(plan.Plan.WorkspaceBytes, 1, bytes);
        }
    }

    [Theory]
    [InlineData("stepwise")]
    [InlineData("persistent")]
    public void ForwardAndBackward_SizesBesideTiles_AgreeWithTheReference(string schedule)
    {
        foreach ((int timeSteps, int batchSize, int inputSize, int hiddenSize) in new[] { (1, 1, 1, 3), (3, 17, 33, 31), (2, 2, 65, 33) })
        {
            foreach (string cell in new[] { "lstm", "gru", "gru-reset-before", "jordan-recurrent-3" })
            {
                SequenceSpecification specification = Specify(cell, schedule) with
                {
                    TimeSteps = timeSteps,
                    BatchSize = batchSize,
                    InputSize = inputSize,
                    HiddenSize = hiddenSize,
                    NeedsGradient = true,
                };
                using PlanCase plan = new(_device, specification, true);
                plan.RunAndCheck(null);
            }
        }
    }

    [Fact]
    public void Create_CellWithReductions_FallsToTheStepwiseScheduleAndSaysWhy()
    {
        using SequencePlan plan = SequencePlanner.Create(_device, Specify("layer-norm", null));
        Assert.Contains("time loop of layer 0: stepwise", plan.Describe(), StringComparison.Ordinal);
        Assert.Contains("persistent: no: node 'sum' is a reduction", plan.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ScheduleThatCannotRunTheCell_SaysWhy()
    {
        DeviceException error = Assert.Throws<DeviceException>(() => SequencePlanner.Create(_device, Specify("layer-norm", "persistent")));
        Assert.StartsWith(
            "SequencePlanner: ScheduleOverride asks for the schedule \"persistent\", but it cannot run the cell \"normalised-elman\": node 'sum'",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnknownSchedule_ListsWhatThereIs()
    {
        long bytes = _device.AllocatedBytes;
        DeviceException error = Assert.Throws<DeviceException>(() => SequencePlanner.Create(_device, Specify("lstm", "warp")));
        Assert.Equal(
            "SequencePlanner: ScheduleOverride asks for the schedule \"warp\", but device cpu has persistent, stepwise. "
            + "Choose one of them, or leave ScheduleOverride unset.",
            error.Message);
        Assert.Equal(bytes, _device.AllocatedBytes);
    }

    [Fact]
    public void Create_HiddenSizeZero_NamesIt()
    {
        ShapeException error = Assert.Throws<ShapeException>(
            () => SequencePlanner.Create(_device, Specify("lstm", null) with { HiddenSize = 0 }));
        Assert.StartsWith(
            "SequencePlanner.Create: hiddenSize is 0, but must be at least 1. Pass a positive hiddenSize.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ArraysBeyondTheIndex_SaysHowToCutThem()
    {
        ShapeException error = Assert.Throws<ShapeException>(
            () => SequencePlanner.Create(_device, Specify("lstm", null) with { TimeSteps = 1 << 20, BatchSize = 1 << 10 }));
        Assert.StartsWith(
            "SequencePlanner.Create: T=1048576, B=1024 and rows of up to 20 elements arrived, but an array may have at most 2147483647.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Create_LengthBeyondTimeSteps_NamesRowAndLength()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => SequencePlanner.Create(_device, Specify("lstm", null) with { Lengths = [1, 2, 7, 0, 0] }));
        Assert.StartsWith(
            "SequencePacking.Create: row 2 has length 7, but lengths must lie in 0..6. Cut the length, or pad the batch to more time steps.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_InputOfAnotherSize_NamesBothSizes()
    {
        using SequencePlan plan = SequencePlanner.Create(_device, Specify("lstm", null));
        using DeviceBuffer<float> input = _device.Allocate<float>(7);
        ShapeException error = Assert.Throws<ShapeException>(
            () => plan.Forward(_device.DefaultStream, input.View, [], [], input.View, []));
        Assert.StartsWith("SequencePlan.Forward: input has 7 elements, but 90 are needed (T=6, B=5, I=3,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_PlanForInference_SaysHowToGetGradients()
    {
        using SequencePlan plan = SequencePlanner.Create(_device, Specify("lstm", null));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => plan.Backward(_device.DefaultStream, default, [], default, [], []));
        Assert.Contains("NeedsGradient: true", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_TwoLayersBothDirections_TellsEveryDecision()
    {
        using SequencePlan plan = SequencePlanner.Create(
            _device, Specify("lstm", null) with { LayerCount = 2, Bidirectional = true, NeedsGradient = true });
        string text = plan.Describe();
        Assert.Contains("lstm: 2 layers, both directions, T=6 B=5 I=3 H=5, training on cpu", text, StringComparison.Ordinal);
        Assert.Contains("rows: all 30 of the batch, in place", text, StringComparison.Ordinal);
        Assert.Contains("time loop of layer 1, reverse: persistent", text, StringComparison.Ordinal);
        Assert.Contains("stepwise: not asked", text, StringComparison.Ordinal);
        Assert.Contains("MiB, allocated once", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stepwise")]
    [InlineData("persistent")]
    public void Passes_ManyTimes_LeaveTheDevicesBytesAsTheFirstLeftThem(string schedule)
    {
        using PlanCase plan = new(_device, Specify("lstm", schedule) with { NeedsGradient = true }, true);
        SequenceSpecification specification = plan.Plan.Specification;
        using DeviceBuffer<float> memory = _device.Allocate<float>(10_000);
        GpuRnn.KernelModel.ArrayView<float> Part(int length) => memory.View.SubView(0, length);
        GpuRnn.KernelModel.ArrayView<float>[] parameters = [.. plan.Plan.Parameters.Select(parameter => Part(parameter.ElementCount))];
        using DeviceBuffer<float> results = _device.Allocate<float>(10_000);
        GpuRnn.KernelModel.ArrayView<float>[] gradients =
            [.. plan.Plan.Parameters.Select(parameter => results.View.SubView(0, parameter.ElementCount))];
        long bytes = 0;
        for (int pass = 0; pass < 100; pass++)
        {
            plan.Plan.Forward(
                _device.DefaultStream, Part(90), parameters, [default, default], results.View.SubView(0, 6 * 5 * specification.HiddenSize), [default, default]);
            plan.Plan.Backward(_device.DefaultStream, Part(6 * 5 * specification.HiddenSize), [default, default], default, gradients, [default, default]);
            bytes = pass == 0 ? _device.AllocatedBytes : bytes;
        }

        Assert.Equal(bytes, _device.AllocatedBytes);
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    private static SequenceSpecification Specify(string cell, string? schedule)
    {
        int own = Array.IndexOf(s_testCellNames, cell);
        return new SequenceSpecification
        {
            Cell = own < 0 ? Cells.Parse(cell) : s_testCells[own],
            InputSize = 3,
            HiddenSize = 5,
            TimeSteps = 6,
            BatchSize = 5,
            ScheduleOverride = schedule,
        };
    }
}
