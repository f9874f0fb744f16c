using System.Runtime.CompilerServices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

public sealed class DeviceBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(997)]
    [InlineData(1_000_000)]
    public unsafe void Allocate_AnyLength_IsZeroedAlignedAndAccounted(long length)
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        using DeviceBuffer<float> buffer = device.Allocate<float>(length);
        float[] content = new float[length];
        Array.Fill(content, 1f);

        buffer.CopyTo(content);

        Assert.All(content, value => Assert.Equal(0f, value));
        Assert.Equal(0, (nint)buffer.View.HostPointer % 64);
        Assert.Equal(length, buffer.View.Length);
        Assert.Equal(length * 4, buffer.SizeInBytes);
        Assert.Equal(length * 4, device.AllocatedBytes);
        Assert.Equal(1, device.LiveBufferCount);
    }

    [Fact]
    public void Copy_ThereAndBackWithOffsets_KeepsEveryElement()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
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
    [InlineData(3, 3)]
    [InlineData(6, 0)]
    [InlineData(1, -1)]
    public void CopyFrom_PastTheEnd_NamesCountOffsetAndLength(int count, int offset)
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        using DeviceBuffer<float> buffer = device.Allocate<float>(5);

        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => buffer.CopyFrom(new float[count], offset));

        Assert.StartsWith(
            $"DeviceBuffer<float>.CopyFrom: {count} elements from {offset} on arrived, but the buffer has 5 elements.", exception.Message);
    }

    [Fact]
    public void Dispose_TwiceAndThenUse_FreesOnceAndThrows()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        DeviceBuffer<float> buffer = device.Allocate<float>(5);
        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(0, device.AllocatedBytes);
        Assert.Equal(0, device.LiveBufferCount);
        Assert.Contains(
            "DeviceBuffer<float>.View: the buffer of 5 elements was disposed, but a live one was needed. Dispose it after its last use.",
            Assert.Throws<ObjectDisposedException>(() => buffer.View).Message);
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom([1f]));
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyTo(new float[1]));
        Assert.Throws<ObjectDisposedException>(() => buffer.Clear());
    }

    [Fact]
    public void Finalizer_ForgottenBuffer_GivesTheMemoryBack()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        Forget(device);
        CollectUntil(() => device.LiveBufferCount == 0);

        Assert.Equal(0, device.LiveBufferCount);
        Assert.Equal(0, device.AllocatedBytes);
    }

    [Fact]
    public void Finalizer_ForgottenBufferWithALiveView_KeepsTheMemory()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        object view = ForgetButView(device);
        Forget(device);
        CollectUntil(() => device.LiveBufferCount == 1);

        Assert.Equal(1, device.LiveBufferCount);
        Assert.Equal(41f, ((ArrayView<float>)view)[0]);
        GC.KeepAlive(view);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Allocate_LengthThatCannotBe_NamesIt(long length)
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });

        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => device.Allocate<double>(length));

        Assert.StartsWith($"cpu.Allocate: length {length} of double arrived, but 0 to 1152921504606846975 was needed.", exception.Message);
    }

    [Fact]
    public void Allocate_MoreThanThereIs_IsOutOfMemoryAndKeepsTheAccounts()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });

        OutOfDeviceMemoryException exception = Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<byte>(1L << 60));

        Assert.StartsWith("cpu.Allocate: 1152921504606846976 bytes were asked for beside 0 in use", exception.Message);
        Assert.Equal(1L << 60, exception.RequestedBytes);
        Assert.Equal(0, device.AllocatedBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(CpuDevice device) => device.Allocate<float>(1000);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object ForgetButView(CpuDevice device)
    {
        DeviceBuffer<float> buffer = device.Allocate<float>(1000);
        buffer.CopyFrom([41f]);
        return buffer.View;
    }

    // Another thread's stack may hold a stale reference for one collection; a bounded number of them ends that.
    private static void CollectUntil(Func<bool> isDone)
    {
        for (int i = 0; i < 20 && !isDone(); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
