using System.Reflection;
using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Testing;
using Xunit.Abstractions;

namespace GpuRnn.Devices.Tests.Interleaving;

/// <summary>Groups that take turns in a drawn order: right kernels give one result, kernels with one barrier, release or acquire less do not.</summary>
public sealed class AdversarialScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Message_AllSeeds_ArriveAndEveryFaultIsFound() => Check(device =>
        Launch(device, nameof(OrderKernels.Message), new KernelConfig(4, 5), Numbers(10), new int[10], new int[2], new int[10]));

    [Fact]
    public void TreeSum_AllSeeds_AddUpAndEveryFaultIsFound() => Check(device =>
        Launch(device, nameof(OrderKernels.TreeSum), new KernelConfig(3, 8), Numbers(24), new int[3], new int[1], new int[24]));

    [Fact]
    public void SingleBuffer_AllSeeds_AgreeAndEveryFaultIsFound() => Check(device =>
        Launch(device, nameof(OrderKernels.SingleBuffer), new KernelConfig(3, 1), Numbers(3), new int[8], 4));

    [Fact]
    public void Warps_AllSeeds_ExchangeAndEveryFaultIsFound() => Check(device =>
        Launch(device, nameof(OrderKernels.Warps), new KernelConfig(2, 40), Numbers(80), new int[80]));

    [Fact]
    public void Rounds_AllSeeds_AddUpAndEveryFaultIsFound()
    {
        MethodInfo kernel = typeof(CooperativeKernels).GetMethod(nameof(CooperativeKernels.Rounds))!;
        int[] numbers = Numbers(8);
        int[] Run(CpuDevice device) => Launch(device, kernel, new KernelConfig(4, 6), numbers, new int[3], 3);
        Check(Run);

        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1, GroupSchedule = new AdversarialSchedule(1) });
        Assert.Equal(CooperativeKernels.ExpectedRounds(numbers, 6, 3), Run(device)[..8]);
    }

    [Fact]
    public void AtomicSums_AllSeeds_CountEveryWorkItem() => Hunt(
        device => Launch(device, nameof(OrderKernels.Count), new KernelConfig(3, 5), new int[1], new int[15])).RequireSameBits(OrderFaultHunt.MaximumSeeds);

    [Fact]
    public void Seed_SpoiltKernel_GivesTheSameRunAgain()
    {
        AdversarialSchedule schedule = new(0);
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1, GroupSchedule = schedule });
        int[][] Runs() => [.. Enumerable.Range(0, 40).Select(seed =>
        {
            schedule.Seed = seed;
            return Launch(device, nameof(OrderKernels.Message), new KernelConfig(4, 5), Numbers(10), new int[10], new int[2], new int[10]);
        })];
        int[][] right = Runs();
        schedule.Fault = (schedule.Kernels.Single(), new OrderFault(OrderFaultKind.UnorderedAcquire, 0));
        int[][] first = Runs();

        Assert.Equal(first, Runs());
        Assert.Single(right.DistinctBy(run => string.Join(' ', run)));
        Assert.True(first.DistinctBy(run => string.Join(' ', run)).Count() > 1);
    }

    [Fact]
    public void EachWaitsForTheNext_IsADeadlockThatNamesAWaiter()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1, GroupSchedule = new AdversarialSchedule(7) });

        GroupDeadlockException failure = Assert.Throws<GroupDeadlockException>(
            () => Launch(device, nameof(OrderKernels.EachWaitsForTheNext), new KernelConfig(3, 1), new int[3]));

        Assert.Matches(
            @"^OrderKernels\.EachWaitsForTheNext: 3 work-items have not ended and wait for each other; work-item \(0, 0, 0\) of group \(\d, 0, 0\), for one, "
            + @"acquires an element that stays 0\. Let every group release before it waits, and count all groups\.$",
            failure.Message);
    }

    [Fact]
    public void AccessBehindAView_NamesGroupWorkItemAndSeed()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1, GroupSchedule = new AdversarialSchedule(7) });

        KernelExecutionException failure = Assert.Throws<KernelExecutionException>(
            () => Launch(device, nameof(OrderKernels.Beyond), new KernelConfig(1, 1), new int[3]));

        Assert.Contains("group (0, 0, 0), work-item (0, 0, 0) with seed 7", failure.Message, StringComparison.Ordinal);
        Assert.Equal("4 bytes outside every view that the launch was given. Check the indices.", failure.InnerException!.Message);
    }

    [Fact]
    public void GroupSchedule_WithPlainKernels_IsRefused() => Assert.Equal(
        "CpuDevice: a GroupSchedule arrived with KernelMode Plain, but only compiled kernels can stop at every access. Leave one of them null.",
        Assert.Throws<DeviceException>(() => new CpuDevice(
            new CpuDeviceOptions { KernelMode = CpuKernelMode.Plain, GroupSchedule = new AdversarialSchedule(1) })).Message);

    private void Check(Func<CpuDevice, int[]> run)
    {
        Hunt(run).RequireSameBits(OrderFaultHunt.MaximumSeeds);
        foreach (string line in Hunt(run).RequireAllNoticed())
        {
            output.WriteLine(line);
        }
    }

    private static OrderFaultHunt Hunt(Func<CpuDevice, int[]> run) => new((device, _) => () => run(device));

    private static MethodInfo Kernel(string name) => typeof(OrderKernels).GetMethod(name)!;

    private static int[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(i => i * i)];

    private static int[] Launch(CpuDevice device, string name, KernelConfig config, params object[] arguments) =>
        Launch(device, Kernel(name), config, arguments);

    // All bits of all arrays, one after the other.
    private static int[] Launch(CpuDevice device, MethodInfo kernel, KernelConfig config, params object[] arguments)
    {
        DeviceBuffer<int>?[] buffers = Array.ConvertAll(arguments, argument => argument is int[] array ? device.Allocate<int>(array.Length) : null);
        try
        {
            for (int i = 0; i < buffers.Length; i++)
            {
                buffers[i]?.CopyFrom((int[])arguments[i]);
            }

            device.Load(kernel).Launch(device.DefaultStream, config, [.. buffers.Select((buffer, i) => buffer is null ? arguments[i] : (object)buffer.View)]);
            return [.. buffers.OfType<DeviceBuffer<int>>().SelectMany(buffer =>
            {
                int[] values = new int[buffer.Length];
                buffer.CopyTo(values);
                return values;
            })];
        }
        finally
        {
            Array.ForEach(buffers, buffer => buffer?.Dispose());
        }
    }
}
