using System.Reflection;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Runs kernels on a device that reads the process's memory.</summary>
internal static class DeviceRunner
{
    /// <summary>Launches a kernel and waits for it.</summary>
    internal static void Run(Device device, FuzzKernel kernel, MethodInfo method, FuzzMemory memory)
    {
        LoadedKernel loaded = device.Load(method);
        if (kernel.IsGrouped)
        {
            KernelConfig config = new(new Index1D(FuzzLayout.Items / FuzzLayout.GroupSize), new Index1D(FuzzLayout.GroupSize));
            loaded.Launch(device.DefaultStream, config, memory.Arguments());
        }
        else
        {
            loaded.Launch(device.DefaultStream, new Index1D(FuzzLayout.Items), memory.Arguments());
        }

        device.DefaultStream.Synchronize();
    }
}
