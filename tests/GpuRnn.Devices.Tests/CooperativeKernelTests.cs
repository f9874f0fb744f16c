using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>Kernels whose groups wait for each other, on the processor, compiled and as plain C#.</summary>
public sealed class CooperativeKernelTests
{
    [Theory]
    [InlineData(CpuKernelMode.Compiled, 1, 1, 3)]
    [InlineData(CpuKernelMode.Compiled, 17, 40, 30)]
    [InlineData(CpuKernelMode.Compiled, 132, 8, 5)]
    [InlineData(CpuKernelMode.Plain, 1, 1, 3)]
    [InlineData(CpuKernelMode.Plain, 4, 6, 5)]
    public void Rounds_OfGroupsThatWait_AddUp(CpuKernelMode mode, int groups, int groupSize, int rounds)
    {
        using CpuDevice device = Open(mode);
        int[] numbers = [.. Enumerable.Range(1, groups * 2)];
        using DeviceBuffer<int> buffer = device.Allocate<int>(numbers.Length);
        using DeviceBuffer<int> arrived = device.Allocate<int>(rounds);
        buffer.CopyFrom(numbers);
        LoadedKernel kernel = Load(device, nameof(CooperativeKernels.Rounds));
        kernel.Launch(device.DefaultStream, new KernelConfig(groups, groupSize), buffer.View, arrived.View, rounds);

        int[] result = new int[numbers.Length];
        buffer.CopyTo(result);
        Assert.Equal(CooperativeKernels.ExpectedRounds(numbers, groupSize, rounds), result);
    }

    [Fact]
    public void Launch_OfMoreGroupsThanRunAtOnce_SaysHowManyDo()
    {
        using CpuDevice compiled = Open(CpuKernelMode.Compiled);
        using CpuDevice plain = Open(CpuKernelMode.Plain);
        Assert.Equal(
            "CooperativeKernels.Rounds: a cooperative launch of 257 groups of 8 work-items arrived, but cpu keeps at most 256 at once: each group of a "
            + "cooperative kernel is a thread, of which there are at most 256. Use fewer or smaller groups, or less shared memory.",
            Refuse(compiled, new KernelConfig(257, 8)));
        Assert.Equal(
            "CooperativeKernels.Rounds: a cooperative launch of 9 groups of 128 work-items arrived, but cpu keeps at most 8 at once: plain C# takes a "
            + "thread for each of at most 1024 work-items, and a group has 128. Use fewer or smaller groups, or less shared memory.",
            Refuse(plain, new KernelConfig(9, 128)));
    }

    [Theory]
    [InlineData(CpuKernelMode.Compiled, nameof(FaultyCooperativeKernels.DivideInLastGroup))]
    [InlineData(CpuKernelMode.Plain, nameof(FaultyCooperativeKernels.ThrowInLastGroup))]
    public void Fault_InOneGroup_EndsThoseThatWaitForIt(CpuKernelMode mode, string name)
    {
        using CpuDevice device = Open(mode);
        using DeviceBuffer<int> ready = device.Allocate<int>(3);
        LoadedKernel kernel = device.Load(typeof(FaultyCooperativeKernels).GetMethod(name)!);

        KernelExecutionException failure = Assert.Throws<KernelExecutionException>(
            () => kernel.Launch(device.DefaultStream, new KernelConfig(3, 1), ready.View));

        Assert.IsType<DivideByZeroException>(failure.InnerException);
        Assert.Contains("group (2, 0, 0)", failure.Message, StringComparison.Ordinal);
    }

    private static CpuDevice Open(CpuKernelMode mode) => new(new CpuDeviceOptions { ThreadCount = 2, KernelMode = mode });

    private static LoadedKernel Load(CpuDevice device, string name) => device.Load(typeof(CooperativeKernels).GetMethod(name)!);

    private static string Refuse(CpuDevice device, KernelConfig config)
    {
        using DeviceBuffer<int> buffer = device.Allocate<int>(2 * config.GridDim.Size);
        return Assert.Throws<DeviceException>(
            () => Load(device, nameof(CooperativeKernels.Rounds)).Launch(device.DefaultStream, config, buffer.View, buffer.View, 1)).Message;
    }
}
