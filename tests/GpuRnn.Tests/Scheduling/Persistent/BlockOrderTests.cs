using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Persistent;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Persistent;
using GpuRnn.Testing;
using Xunit.Abstractions;

namespace GpuRnn.Tests.Scheduling.Persistent;

/// <summary>The schedules of one launch a pass in orders drawn from seeds, and with one barrier, release or acquire less.</summary>
public sealed class BlockOrderTests(ITestOutputHelper output)
{
    private static readonly int[] s_unsortedLengths = [2, 4, 3];
    private static readonly Type[] s_kernels = 
    [
        typeof(PersistentForward), typeof(PersistentBackward), typeof(PersistentTensorForward), typeof(PersistentTensorBackward),
        typeof(SingleBlockForward), typeof(SingleBlockBackward),
    ];

    // All cells were run with 1,000 seeds once, see decision 0012; here one is.
    [Theory]
    [InlineData("lstm", "persistent", OrderFaultHunt.MaximumSeeds)]
    [InlineData("gru", "persistent", 100)]
    [InlineData("lstm", "single-block", 100)]
    [InlineData("lstm", "persistent", 1, ProductPrecision.TensorFloat32)]
    [InlineData("lstm", "persistent", 1, ProductPrecision.BFloat16)]
    public void Blocks_InEveryOrder_GiveTheSameBits(string cell, string schedule, int seeds, ProductPrecision precision = ProductPrecision.Single) =>
        Hunt(cell, schedule, precision).RequireSameBits(seeds);

    [Theory]
    [InlineData("lstm", "persistent")]
    [InlineData("gru", "persistent")]
    [InlineData("lstm", "single-block")]
    [InlineData("lstm", "persistent", ProductPrecision.BFloat16)]
    public void Blocks_WithoutAnyOneBarrierReleaseOrAcquire_AreNoticed(string cell, string schedule, ProductPrecision precision = ProductPrecision.Single)
    {
        foreach (string line in Hunt(cell, schedule, precision).RequireAllNoticed())
        {
            output.WriteLine(line);
        }
    }

    private static OrderFaultHunt Hunt(string cell, string schedule, ProductPrecision precision) => new(
        (device, owned) => Prepare(device, owned, Cells.Parse(cell), schedule, precision),
        entry => Array.Exists(s_kernels, owner => owner == entry.Method.DeclaringType));

    // Two row tiles; in the persistent schedule some blocks for the units of each, the last of the backward pass with units beyond the last. Vectors of single
    // precision are longer there than what a block brings to shared memory at once.
    private static Func<int[]> Prepare(CpuDevice device, ICollection<IDisposable> owned, Cell cell, string schedule, ProductPrecision precision)
    {
        bool isSingle = schedule == "single-block";
        int hiddenSize = precision != ProductPrecision.Single ? 10 : isSingle ? 5 : 22;
        int gates = cell.BuildGraph(2, hiddenSize).StepProducts.Single().BlockCount;
        int step = BlockShape.UnitStep(gates, false);
        int units = (hiddenSize + step - 1) / step * step;
        Type factor = TensorBlockShape.Factors[precision == ProductPrecision.BFloat16 ? 1 : 0];
        BlockDivision division = precision == ProductPrecision.Single
            ? isSingle
                ? new(new BlockShape(gates, false, units, 2, 4, 1), new BlockShape(gates, true, 8, 2, 4, 1), isSingle, "the test says so")
                : new(new BlockShape(gates, false, step, 2, 2, 2), new BlockShape(gates, true, 4, 2, 8, 2), isSingle, "the test says so")
            : new(new TensorBlockShape(factor, gates, false, 1, 1, 2), new TensorBlockShape(factor, gates, true, 1, 1, 4), false, "the test says so");
        device.Register(isSingle
            ? BlockSequenceExecutor.SingleBlock(device, device.MatrixExecutor, _ => division)
            : BlockSequenceExecutor.Persistent(device, device.MatrixExecutor, _ => division));
        PlanCase plan = new(device, new SequenceSpecification
        {
            Cell = cell,
            InputSize = 2,
            HiddenSize = hiddenSize,
            TimeSteps = s_unsortedLengths.Max(),
            BatchSize = s_unsortedLengths.Length,
            Lengths = s_unsortedLengths,
            ScheduleOverride = schedule,
            NeedsGradient = true,
            Precision = precision,
        }, hasStates: true);
        owned.Add(plan);
        return () => plan.RunAndCheck(s_unsortedLengths);
    }
}
