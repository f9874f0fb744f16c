using System.Runtime.CompilerServices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.OpenCl;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.OpenCl;

public sealed class OpenClMemoryTests
{
    [OpenClTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(997)]
    [InlineData(1_000_000)]
    public void Allocate_AnyLength_IsZeroedAndAccounted(int length)
    {
        using OpenClDevice device = OpenClTestDevice.Open();
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

    [OpenClFact]
    public void Copy_ThereAndBackWithOffsets_KeepsEveryElement()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
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

    [OpenClFact]
    public unsafe void Addresses_OfTwoBuffers_DoNotOverlap()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<float> first = device.Allocate<float>(1000);
        using DeviceBuffer<float> second = device.Allocate<float>(1000);

        Assert.True(first.View.HostPointer + 1000 < second.View.HostPointer);
        Assert.Equal(0, (nint)second.View.HostPointer % 64);
    }

    [OpenClFact]
    public void Finalizer_ForgottenBuffer_GivesTheMemoryBack()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        Forget(device);
        for (int i = 0; i < 20 && device.LiveBufferCount > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal((0L, 0, 0L), (device.AllocatedBytes, device.LiveBufferCount, device.PinnedBytes));
    }

    [OpenClFact]
    public void Buffer_OutlivingItsDevice_IsDisposedWithoutHarm()
    {
        OpenClDevice device = OpenClTestDevice.Open();
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

    [OpenClFact]
    public void Allocate_MoreThanABufferMayHave_IsOutOfMemoryAndKeepsTheAccounts()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        long bytes = OpenClTestDevice.Information.MaximumAllocationBytes + 1;

        OutOfDeviceMemoryException error = Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<byte>(bytes));

        Assert.StartsWith($"{device.Id}.Allocate: {bytes} bytes were asked for, but a buffer of this device has at most {bytes - 1}.", error.Message);
        Assert.Equal(bytes, error.RequestedBytes);
        Assert.Equal((0L, 0), (device.AllocatedBytes, device.LiveBufferCount));
    }

    [Fact]
    public void PinnedCopies_OnTheCpu_ArriveInOrder()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        CopyThereAndBack(device);
    }

    [OpenClFact]
    public void PinnedCopies_OnOpenCl_ArriveInOrder()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
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

        LoadedKernel kernel = device.Load(typeof(OpenClKernels).GetMethod(nameof(OpenClKernels.AddIndex))!);
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
    private static void Forget(OpenClDevice device)
    {
        device.Allocate<float>(1000);
        device.AllocatePinned<float>(1000);
        device.CreateStream().Record();
    }
}
