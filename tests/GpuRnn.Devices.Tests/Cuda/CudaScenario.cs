using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Tests.Drivers;
using GpuRnn.KernelModel;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Devices.Tests.Cuda;

/// <summary>Everything that a CUDA device does, once, on the stand-in.</summary>
internal static class CudaScenario
{
    internal const int Length = 40;

    /// <summary>Opens a device, works with it and gives everything back.</summary>
    /// <returns>What the last copy brought; null where the driver has no usable device.</returns>
    internal static int[]? Run(StandInDriver driver)
    {
        CudaDeviceInformation? information = CudaDeviceInformation.List(driver, out _).FirstOrDefault(device => device.Answer.IsSupported);
        if (information is null)
        {
            return null;
        }

        using CudaDevice device = new(information);
        using PinnedBuffer<int> pinned = device.AllocatePinned<int>(Length);
        using DeviceBuffer<int> buffer = device.Allocate<int>(Length);
        using DeviceBuffer<int> other = device.Allocate<int>(1);
        LoadedKernel add = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);
        LoadedKernel reverse = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.ReverseInDynamicMemory))!);
        LoadedKernel together = device.Load(typeof(CudaKernels).GetMethod(nameof(CudaKernels.CountTogether))!);

        other.CopyFrom([3]);
        other.Clear();
        pinned.Span.Fill(7);
        buffer.CopyFrom(device.DefaultStream, pinned);
        using DeviceEvent start = device.DefaultStream.Record();
        Add(device.DefaultStream);
        together.Launch(device.DefaultStream, new KernelConfig(new Index1D(3), new Index1D(2)), other.View);
        using DeviceEvent end = device.DefaultStream.Record();
        end.Since(start);

        using DeviceStream stream = device.CreateStream();
        stream.WaitFor(end);
        using (DeviceGraph graph = stream.Capture(() =>
        {
            Add(stream);
            Add(stream);
        }))
        {
            graph.Launch(stream);
            graph.Launch(stream);
            stream.Synchronize();
        }

        reverse.Launch(stream, new KernelConfig(new Index1D(1), new Index1D(Length), SharedMemoryConfig.RequestDynamic<int>(Length)), buffer.View);
        buffer.CopyTo(stream, pinned);
        stream.Synchronize();
        device.Allocate<int>(5).Dispose();
        return pinned.Span.ToArray();

        void Add(DeviceStream queue) => add.Launch(queue, (Index1D)Length, buffer.View, 1);
    }

    /// <summary>What <see cref="Run"/> brings when nothing fails.</summary>
    internal static int[] Expected => [.. Enumerable.Range(0, Length).Select(i => 7 + (5 * (Length - i)) + (1000 * Length))];
}
