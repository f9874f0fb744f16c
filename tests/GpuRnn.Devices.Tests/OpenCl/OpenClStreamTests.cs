using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.OpenCl;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.OpenCl;

public sealed class OpenClStreamTests
{
    [OpenClFact]
    public void Since_TwoMarksAroundWork_IsTheTimeBetweenThem()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        Measure(device);
    }

    [Fact]
    public void Since_OnTheCpu_IsTheTimeBetweenThem()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        Measure(device);
    }

    [OpenClFact]
    public void WaitFor_MarkOfAnotherQueue_OrdersTheWork()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceStream first = device.CreateStream();
        using DeviceStream second = device.CreateStream();
        using DeviceBuffer<int> buffer = device.Allocate<int>(100_000);
        LoadedKernel kernel = device.Load(typeof(OpenClKernels).GetMethod(nameof(OpenClKernels.AddIndex))!);
        device.DefaultStream.Synchronize();
        for (int i = 0; i < 20; i++)
        {
            kernel.Launch(first, (Index1D)100_000, buffer.View, 1);
            using DeviceEvent mark = first.Record();
            second.WaitFor(mark);
            kernel.Launch(second, (Index1D)100_000, buffer.View, 1);
            using DeviceEvent back = second.Record();
            first.WaitFor(back);
        }

        first.Synchronize();
        int[] values = new int[100_000];
        buffer.CopyTo(values);

        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => 40 * (i + 1)), values);
    }

    [OpenClFact]
    public void Since_MarkOfAnotherDevice_IsRefused()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using CpuDevice cpu = new(new CpuDeviceOptions { ThreadCount = 1 });
        using DeviceEvent there = device.DefaultStream.Record();
        using DeviceEvent here = cpu.DefaultStream.Record();

        ArgumentException error = Assert.Throws<ArgumentException>(() => there.Since(here));

        Assert.StartsWith($"DeviceEvent.Since: a mark on cpu arrived, but one on {device.Id} was needed.", error.Message);
    }

    [OpenClFact]
    public void DisposedQueue_UsedAgain_Throws()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        DeviceStream stream = device.CreateStream();
        stream.Dispose();
        stream.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.Synchronize());
        device.DefaultStream.Dispose();
        device.DefaultStream.Synchronize();
    }

    private static void Measure(Device device)
    {
        using DeviceBuffer<int> buffer = device.Allocate<int>(200_000);
        LoadedKernel kernel = device.Load(typeof(OpenClKernels).GetMethod(nameof(OpenClKernels.AddIndex))!);
        using DeviceEvent start = device.DefaultStream.Record();
        for (int i = 0; i < 10; i++)
        {
            kernel.Launch(device.DefaultStream, (Index1D)200_000, buffer.View, i);
        }

        using DeviceEvent end = device.DefaultStream.Record();
        TimeSpan time = end.Since(start);

        Assert.True(time > TimeSpan.Zero, $"the ten launches took {time}");
        Assert.Equal(-time, start.Since(end));
        Assert.True(end.IsDone);
    }
}
