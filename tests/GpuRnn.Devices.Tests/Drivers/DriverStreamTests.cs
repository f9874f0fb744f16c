using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.Drivers;

public sealed class DriverStreamTests
{
    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Since_TwoMarksAroundWork_IsTheTimeBetweenThem(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        Measure(device, test.ManyItems);
    }

    [Fact]
    public void Since_OnTheCpu_IsTheTimeBetweenThem()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        Measure(device, 200_000);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void WaitFor_MarkOfAnotherQueue_OrdersTheWork(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        int items = test.ManyItems;
        using DeviceStream first = device.CreateStream();
        using DeviceStream second = device.CreateStream();
        using DeviceBuffer<int> buffer = device.Allocate<int>(items);
        LoadedKernel kernel = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);
        device.DefaultStream.Synchronize();
        for (int i = 0; i < 20; i++)
        {
            kernel.Launch(first, (Index1D)items, buffer.View, 1);
            using DeviceEvent mark = first.Record();
            second.WaitFor(mark);
            kernel.Launch(second, (Index1D)items, buffer.View, 1);
            using DeviceEvent back = second.Record();
            first.WaitFor(back);
        }

        first.Synchronize();
        int[] values = new int[items];
        buffer.CopyTo(values);

        Assert.Equal(Enumerable.Range(0, items).Select(i => 40 * (i + 1)), values);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Since_MarkOfAnotherDevice_IsRefused(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using CpuDevice cpu = new(new CpuDeviceOptions { ThreadCount = 1 });
        using DeviceEvent there = device.DefaultStream.Record();
        using DeviceEvent here = cpu.DefaultStream.Record();

        ArgumentException error = Assert.Throws<ArgumentException>(() => there.Since(here));

        Assert.StartsWith($"DeviceEvent.Since: a mark on cpu arrived, but one on {device.Id} was needed.", error.Message);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void DisposedQueue_UsedAgain_Throws(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        DeviceStream stream = device.CreateStream();
        stream.Dispose();
        stream.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.Synchronize());
        device.DefaultStream.Dispose();
        device.DefaultStream.Synchronize();
    }

    private static void Measure(Device device, int items)
    {
        using DeviceBuffer<int> buffer = device.Allocate<int>(items);
        LoadedKernel kernel = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);
        using DeviceEvent start = device.DefaultStream.Record();
        for (int i = 0; i < 10; i++)
        {
            kernel.Launch(device.DefaultStream, (Index1D)items, buffer.View, i);
        }

        using DeviceEvent end = device.DefaultStream.Record();
        TimeSpan time = end.Since(start);

        Assert.True(time > TimeSpan.Zero, $"the ten launches took {time}");
        Assert.Equal(-time, start.Since(end));
        Assert.True(end.IsDone);
    }
}
