using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors;

/// <summary>
/// A launch that is repeated many times with the same memory: its argument array is made once, and its numbers are replaced in place.
/// </summary>
internal sealed class KernelCall
{
    private readonly LoadedKernel _kernel;
    private readonly Device _device;
    private readonly Index1D _extent;
    private readonly object[] _arguments;

    public KernelCall(Device device, MethodInfo kernel, int extent, params object[] arguments)
    {
        _device = device;
        _kernel = device.Load(kernel);
        _extent = new Index1D(extent);
        _arguments = arguments;
        TensorKernels.Densify(arguments);
    }

    /// <summary>Replaces a number without a new box: the array is this object's own, and launches only read it.</summary>
    public void Set<T>(int index, T value)
        where T : struct
    {
        Unsafe.Unbox<T>(_arguments[index]) = value;
    }

    public void Launch()
    {
        _kernel.Launch(_device.DefaultStream, _extent, _arguments);
    }
}
