using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Testing;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Tests.Scheduling;

/// <summary>All steps in one launch, for units that hear only their own past.</summary>
public sealed class UnitLoopTests(FusedStepDevices devices) : IClassFixture<FusedStepDevices>
{
    private static readonly int[] s_unsortedLengths = [2, 0, 6, 1, 5];

    [Theory]
    [InlineData("plain", 0.0f)]
    [InlineData("compiled", 0.0f)]
    [InlineData("compiled", 0.25f)]
    public void Passes_OnTheProcessor_AgreeWithTheReference(string device, float zoneout) => Check(devices.Open(device), zoneout);

    [OpenClFact]
    public void Passes_OnOpenCl_AgreeWithTheReference()
    {
        Device device = devices.Open("opencl:0");
        SequenceLoopRequest request = new(Cells.Parse("indrnn").BuildGraph(3, 5), SequenceLayout.Full(2, 3), false, true);

        Assert.Equal("unit-loop", device.SequenceExecutors.First(executor => executor.Supports(request).IsSupported).Name);
        Check(device, 0.0f);
    }

    /// <summary>A thread has one number there, and neighbours lie in one group.</summary>
    [Fact]
    public void Passes_AsPtxBehindTheStandIn_AgreeWithTheReference()
    {
        StandInDriver driver = new(new StandInSpecification { MemoryBytes = 512 << 20 });
        using (CudaDevice device = driver.OpenDevice())
        {
            DeviceCatalog.Equip(device);
            using PlanCase plan = new(device, Specify(0.0f) with { Lengths = s_unsortedLengths, NeedsGradient = true, ScheduleOverride = null }, true);
            Assert.Contains("unit-loop", plan.Plan.Describe(), StringComparison.Ordinal);
            plan.RunAndCheck(s_unsortedLengths);
        }

        Assert.Equal([], driver.Problems);
        Assert.Equal([], driver.Leaks());
    }

    [Fact]
    public void Supports_StepsThatDoNotFit_SaysWhy()
    {
        static string Reason(StepGraph graph)
        {
            SupportAnswer answer = UnitLoop.Read(graph);
            Assert.False(answer.IsSupported);
            return answer.Reason;
        }

        StepGraph graph = Cells.Parse("indrnn").BuildGraph(3, 5);
        PointwiseNode node = graph.Nodes.OfType<PointwiseNode>().Single();
        StepGraph With(PointwiseNode other) => graph with { Nodes = [.. graph.Nodes.Select(one => one == node ? other : one)] };

        Assert.Equal("a step is 2 nodes, and one launch for all steps runs one pointwise node without a product", Reason(Cells.Parse("lstm").BuildGraph(3, 5)));
        Assert.Contains("runs every few steps", Reason(With(node with { Period = 2 })), StringComparison.Ordinal);
        Assert.Contains("the cell has 4 states", Reason(graph with { States = [.. Enumerable.Repeat(graph.States[0], 4)] }), StringComparison.Ordinal);
        Assert.Contains("its states differ in width", Reason(graph with { States = [graph.States[0], new StepState("y", 6)] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_LoopForInference_SaysHowToGetGradients()
    {
        Device device = devices.Open("plain");
        StepGraph graph = Cells.Parse("indrnn").BuildGraph(3, 5);
        using ISequenceLoop loop = device.SequenceExecutors[1].Prepare(new SequenceLoopRequest(graph, SequenceLayout.Full(2, 3), false, false));

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => loop.Backward(device.DefaultStream, null!));

        Assert.Contains("NeedsGradient: true", error.Message, StringComparison.Ordinal);
    }

    private static void Check(Device device, float zoneout)
    {
        foreach (bool needsGradient in new[] { false, true })
        {
            SequenceSpecification specification = Specify(zoneout) with { NeedsGradient = needsGradient };
            using PlanCase plan = new(device, specification, needsGradient);
            Assert.Contains("unit-loop", plan.Plan.Describe(), StringComparison.Ordinal);
            foreach (int[]? lengths in new int[]?[] { null, s_unsortedLengths, s_unsortedLengths })
            {
                plan.Plan.SetLengths(lengths);
                plan.RunAndCheck(lengths);
            }
        }
    }

    private static SequenceSpecification Specify(float zoneout)
    {
        Cell cell = Cells.Parse("indrnn-tanh");
        return new SequenceSpecification
        {
            Cell = zoneout == 0.0f ? cell : new StepOptions { Zoneout = zoneout }.Apply(cell, isTraining: false),
            InputSize = 3,
            HiddenSize = 19,
            TimeSteps = 6,
            BatchSize = 5,
            LayerCount = 2,
            Bidirectional = true,
            ScheduleOverride = "unit-loop",
        };
    }
}
