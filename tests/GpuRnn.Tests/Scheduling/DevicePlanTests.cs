using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>Every schedule of an OpenCL device, not only the one that it would choose.</summary>
public sealed class DevicePlanTests
{
    private static readonly Cell[] s_cells =
    [
        .. Cells.All,
        new StatesBelowCell(),
        new NormalisedElmanCell(ReductionAxis.Row),
    ];

    private static readonly int[] s_unsortedLengths = [2, 0, 6, 1, 5];

    public static TheoryData<string> CellNames => [.. s_cells.Select(cell => cell.Name)];

    [OpenClTheory]
    [MemberData(nameof(CellNames))]
    public void ForwardAndBackward_EverySchedule_AgreesWithTheReference(string cellName)
    {
        Cell cell = s_cells.First(cell => cell.Name == cellName);
        using Device device = DeviceCatalog.Open(OpenClTestDevice.Information.Id);
        int run = 0;
        foreach (ISequenceExecutor executor in device.SequenceExecutors)
        {
            SequenceLoopRequest request = new(cell.BuildGraph(3, 17), SequenceLayout.Full(6, 5), false, true);
            if (!executor.Supports(request).IsSupported)
            {
                continue;
            }

            run++;
            foreach ((int layers, bool bidirectional, bool hasLengths) in new[] { (1, false, false), (2, true, true), (3, false, true) })
            {
                Check(device, executor.Name, cell, layers, bidirectional, hasLengths);
            }
        }

        Assert.True(run > 0, $"{device.Id} has no schedule for {cell}");
    }

    private static void Check(Device device, string schedule, Cell cell, int layers, bool bidirectional, bool hasLengths)
    {
        SequenceSpecification specification = new()
        {
            Cell = cell,
            InputSize = 3,
            HiddenSize = 17,
            LayerCount = layers,
            Bidirectional = bidirectional,
            TimeSteps = 6,
            BatchSize = 5,
            Lengths = hasLengths ? s_unsortedLengths : null,
            NeedsGradient = true,
            ScheduleOverride = schedule,
        };
        using PlanCase training = new(device, specification, true);
        training.RunAndCheck(specification.Lengths);
        using PlanCase inference = new(device, specification with { NeedsGradient = false }, true);
        inference.RunAndCheck(specification.Lengths);
    }
}
