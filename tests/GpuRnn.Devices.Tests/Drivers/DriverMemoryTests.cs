using System.Runtime.CompilerServices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.Drivers;

public sealed class DriverMemoryTests
{
    [Theory]
    [MemberData(nameof(DriverDevices.NamesWith), new[] { 0, 1, 997, 100_000 }, MemberType = typeof(DriverDevices))]
    public void Allocate_AnyLength_IsZeroedAndAccounted(string name, int length)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<float> buffer = device.Allocate<float>(length);
        float[] content = new float[length];
        Array.Fill(content, 1f);

        buffer.CopyTo(content);

        Assert.All(content, value => Assert.Equal(0f, value));
        Assert.Equal((length * 4L, 1), (device.AllocatedBytes, device.LiveBufferCount));
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal((0L, 0), (device.AllocatedBytes, device.LiveBufferCount));
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyTo(content));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Copy_ThereAndBackWithOffsets_KeepsEveryElement(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(5);
        buffer.CopyFrom([7, 8, 9], 1);
        int[] tail = new int[3];
        buffer.CopyTo(tail, 2);
        int[] all = new int[5];
        buffer.CopyTo(all);
        Assert.Equal([8, 9, 0], tail);
        Assert.Equal([0, 7, 8, 9, 0], all);

        buffer.Clear();
        buffer.CopyTo(all);
        Assert.Equal([0, 0, 0, 0, 0], all);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public unsafe void Addresses_OfTwoBuffers_DoNotOverlap(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<float> first = device.Allocate<float>(1000);
        using DeviceBuffer<float> second = device.Allocate<float>(1000);

        Assert.True(first.View.HostPointer + 1000 < second.View.HostPointer);
        Assert.Equal(0, (nint)second.View.HostPointer % 64);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Finalizer_ForgottenBuffer_GivesTheMemoryBack(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        Forget(device);
        for (int i = 0; i < 20 && device.LiveBufferCount > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal((0L, 0, 0L), (device.AllocatedBytes, device.LiveBufferCount, device.PinnedBytes));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Buffer_OutlivingItsDevice_IsDisposedWithoutHarm(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        DeviceBuffer<float> buffer = device.Allocate<float>(10);
        PinnedBuffer<float> pinned = device.AllocatePinned<float>(10);
        DeviceStream stream = device.CreateStream();
        device.Dispose();

        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom([1f]));
        Assert.Throws<ObjectDisposedException>(() => stream.Synchronize());
        buffer.Dispose();
        pinned.Dispose();
        stream.Dispose();
        Assert.Equal((0L, 0L), (device.AllocatedBytes, device.PinnedBytes));
    }

    [Fact]
    public void PinnedCopies_OnTheCpu_ArriveInOrder()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        CopyThereAndBack(device);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void PinnedCopies_BehindADriver_ArriveInOrder(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        CopyThereAndBack(device);
    }

    private static void CopyThereAndBack(Device device)
    {
        using PinnedBuffer<int> source = device.AllocatePinned<int>(1000);
        using PinnedBuffer<int> target = device.AllocatePinned<int>(500);
        using DeviceBuffer<int> buffer = device.Allocate<int>(1200);
        using DeviceStream stream = device.CreateStream();
        Assert.Equal(6000, device.PinnedBytes);
        for (int i = 0; i < source.Length; i++)
        {
            source.Span[i] = i;
        }

        LoadedKernel kernel = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);
        device.DefaultStream.Synchronize();
        buffer.CopyFrom(stream, source, 100);
        kernel.Launch(stream, (Index1D)1200, buffer.View, 5);
        buffer.CopyTo(stream, target, 300);
        stream.Synchronize();

        Assert.Equal(Enumerable.Range(0, 500).Select(i => (200 + i) + (300 + i) + 5), target.Span.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.CopyFrom(stream, source, 201));
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom(stream, source));
        Assert.Throws<ObjectDisposedException>(() => source.Span.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(Device device)
    {
        device.Allocate<float>(1000);
        device.AllocatePinned<float>(1000);
        device.CreateStream().Record();
    }
}
