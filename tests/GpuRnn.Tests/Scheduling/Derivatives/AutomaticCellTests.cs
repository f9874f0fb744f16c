using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>A user's cell runs on every device and in every schedule, without an entry in any list of the library.</summary>
public sealed class AutomaticCellTests
{
    private static readonly Cell[] s_cells = [MinimalGatedStep.Cell, PublishedMinimalGatedCell.Cell, EveryOperationStep.Cell];
    private static readonly int[] s_unsortedLengths = [2, 0, 3, 1];

    public static TheoryData<string> CellNames => [.. s_cells.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(CellNames))]
    public void UsersCell_OnTheProcessor_AgreesWithTheReference(string cell)
    {
        foreach (CpuKernelMode mode in new[] { CpuKernelMode.Plain, CpuKernelMode.Compiled })
        {
            using CpuDevice device = new(new CpuDeviceOptions { KernelMode = mode });
            device.Register(new StepwiseSequenceExecutor(device));
            RunSchedules(device, cell, isStack: true);
        }

        using Device simd = DeviceCatalog.Open("cpu");
        Assert.Equal(["persistent", "stepwise"], RunSchedules(simd, cell, isStack: true));
    }

    [OpenClTheory]
    [MemberData(nameof(CellNames))]
    public void UsersCell_OnOpenCl_AgreesWithTheReference(string cell)
    {
        using Device device = DeviceCatalog.Open(OpenClTestDevice.Information.Id);
        Assert.Contains("stepwise", RunSchedules(device, cell, isStack: false));
    }

    [Theory]
    [MemberData(nameof(CellNames))]
    public void UsersCell_AsPtxBehindTheStandIn_AgreesWithTheReference(string cell)
    {
        StandInDriver driver = new(new StandInSpecification { MemoryBytes = 512 << 20 });
        using (CudaDevice device = driver.OpenDevice())
        {
            DeviceCatalog.Equip(device);
            Assert.Contains("graph", RunSchedules(device, cell, isStack: false));
        }

        Assert.Equal([], driver.Problems);
        Assert.Equal([], driver.Leaks());
    }

    [Fact]
    public void OneFunction_OnOpenClAndCuda_TakesTheSchedulesOfOneLaunch()
    {
        SequenceLoopRequest request = new(MinimalGatedStep.Cell.BuildGraph(3, 7), SequenceLayout.Full(4, 5), false, true);
        StandInDriver driver = new(new StandInSpecification { MemoryBytes = 512 << 20 });
        using CudaDevice device = driver.OpenDevice();
        DeviceCatalog.Equip(device);
        string[] taken = [.. device.SequenceExecutors.Where(executor => executor.Supports(request).IsSupported).Select(executor => executor.Name)];
        Assert.Equal(["persistent", "single-block", "graph", "stepwise"], taken);
    }

    // Every schedule that takes the cell; their names. A stack is of two layers in both directions.
    private static string[] RunSchedules(Device device, string name, bool isStack)
    {
        Cell cell = s_cells.First(cell => cell.Name == name);
        SequenceLoopRequest request = new(cell.BuildGraph(2, 5), SequenceLayout.Full(3, 4), false, true);
        string[] schedules = [.. device.SequenceExecutors.Where(executor => executor.Supports(request).IsSupported).Select(executor => executor.Name)];
        foreach (string schedule in schedules)
        {
            SequenceSpecification specification = new()
            {
                Cell = cell,
                InputSize = 2,
                HiddenSize = 5,
                LayerCount = isStack ? 2 : 1,
                Bidirectional = isStack,
                TimeSteps = 3,
                BatchSize = 4,
                Lengths = s_unsortedLengths,
                NeedsGradient = true,
                ScheduleOverride = schedule,
            };
            using PlanCase plan = new(device, specification, true);
            plan.RunAndCheck(s_unsortedLengths);
        }

        return schedules;
    }
}
