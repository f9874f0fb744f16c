using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Tests.Drivers;
using GpuRnn.KernelModel;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Devices.Tests.Cuda;

public sealed class CudaGraphTests
{
    [Fact]
    public void Launch_SeveralTimes_RepeatsTheWorkInOrder()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        using DeviceBuffer<int> buffer = test.Device.Allocate<int>(4);
        DeviceStream stream = test.Device.DefaultStream;
        LoadedKernel kernel = Load(test.Device);

        using DeviceGraph graph = stream.Capture(() =>
        {
            buffer.Clear();
            kernel.Launch(stream, (Index1D)4, buffer.View, 10);
            kernel.Launch(stream, (Index1D)4, buffer.View, 1);
        });
        Assert.Equal([0, 0, 0, 0], Read(buffer));
        buffer.CopyFrom([9, 9, 9, 9]);
        graph.Launch(stream);
        graph.Launch(stream);

        Assert.Equal([11, 13, 15, 17], Read(buffer));
        Assert.Equal(3, graph.NodeCount);
    }

    [Fact]
    public void Launch_MemoryThatWasDisposed_IsRefusedByName()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        DeviceBuffer<int> buffer = test.Device.Allocate<int>(4);
        LoadedKernel kernel = Load(test.Device);
        DeviceStream stream = test.Device.DefaultStream;
        using DeviceGraph graph = stream.Capture(() => kernel.Launch(stream, (Index1D)4, buffer.View, 10));
        buffer.Dispose();

        ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => graph.Launch(stream));

        Assert.StartsWith("DeviceGraph.Launch: a buffer of 16 bytes on cuda:0 was disposed, but the graph reads or writes it.", error.Message);
    }

    [Fact]
    public void Capture_WhatCannotBeGathered_IsRefusedAndTheQueueGoesOn()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(4);
        DeviceStream stream = device.DefaultStream;
        using DeviceEvent mark = stream.Record();
        foreach ((string operation, Action work) in new (string, Action)[]
        {
            ("Allocate", () => device.Allocate<int>(1)),
            ("AllocatePinned", () => device.AllocatePinned<int>(1)),
            ("Copy", () => buffer.CopyFrom([1])),
            ("Copy", () => buffer.CopyTo(new int[1])),
            ("Synchronize", stream.Synchronize),
            ("Record", () => stream.Record()),
            ("WaitFor", () => stream.WaitFor(mark)),
            ("CreateStream", () => device.CreateStream()),
            ("Capture", () => stream.Capture(() => { })),
        })
        {
            DeviceException error = Assert.Throws<DeviceException>(() => stream.Capture(work));
            Assert.StartsWith($"cuda:0.{operation}: it was asked for while a queue gathers work for a graph", error.Message, StringComparison.Ordinal);
        }

        buffer.CopyFrom([1, 2, 3, 4]);
        Assert.Equal([1, 2, 3, 4], Read(buffer));
    }

    [Fact]
    public void Capture_BufferDisposedMeanwhile_IsFreedAfterwards()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        DeviceBuffer<int> buffer = test.Device.Allocate<int>(4);
        using DeviceGraph graph = test.Device.DefaultStream.Capture(buffer.Dispose);

        Assert.Equal(0, graph.NodeCount);
        Assert.Contains("cuMemFreeAsync", test.StandIn!.Calls);
    }

    [Fact]
    public void Capture_QueueDisposedMeanwhile_IsWaitedForAndLeavesTheGraphWhole()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        using DeviceBuffer<int> buffer = test.Device.Allocate<int>(4);
        LoadedKernel kernel = Load(test.Device);
        DeviceStream stream = test.Device.DefaultStream;
        DeviceStream other = test.Device.CreateStream();
        kernel.Launch(other, (Index1D)4, buffer.View, 10);

        using DeviceGraph graph = stream.Capture(() =>
        {
            kernel.Launch(stream, (Index1D)4, buffer.View, 1);
            other.Dispose();
        });

        Assert.Equal([10, 11, 12, 13], Read(buffer));
        Assert.Equal(1, graph.NodeCount);
        Assert.Equal([], test.StandIn!.Problems);
    }

    [Fact]
    public void Capture_ThatTheDriverRefuses_LeavesTheQueueAsItWas()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        StandInDriver driver = test.StandIn!;
        driver.FailingCall = driver.Calls.Count + 1;
        driver.FailureCode = 1;

        DeviceCallException error = Assert.Throws<DeviceCallException>(() => test.Device.DefaultStream.Capture(() => { }));

        Assert.Equal("cuStreamBeginCapture_v2", error.Call);
        test.Device.Allocate<int>(1).Dispose();
    }

    [Fact]
    public void Launch_QueueOfAnotherDevice_IsRefused()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        using CpuDevice cpu = new(new CpuDeviceOptions { ThreadCount = 1 });
        using DeviceGraph graph = test.Device.DefaultStream.Capture(() => { });

        Assert.StartsWith(
            "DeviceGraph.Launch: a queue of another device 'cpu' arrived, but the graph was captured on 'cuda:0'.",
            Assert.Throws<DeviceException>(() => graph.Launch(cpu.DefaultStream)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_OnADeviceWithoutGraphs_SaysWhy()
    {
        using CpuDevice cpu = new(new CpuDeviceOptions { ThreadCount = 1 });

        DeviceException error = Assert.Throws<DeviceException>(() => cpu.DefaultStream.Capture(() => { }));

        Assert.False(cpu.DefaultStream.SupportsCapture.IsSupported);
        Assert.StartsWith(
            "DeviceStream.Capture: a queue of cpu arrived, but Cpu has no graphs: each launch is a call of its own.", error.Message, StringComparison.Ordinal);
    }

    private static LoadedKernel Load(Device device) => device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);

    private static int[] Read(DeviceBuffer<int> buffer)
    {
        int[] values = new int[buffer.Length];
        buffer.CopyTo(values);
        return values;
    }
}
