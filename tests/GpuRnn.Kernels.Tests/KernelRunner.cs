using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Kernels.Tests;

/// <summary>Runs kernels on one device for a test; owns the buffers it uploads.</summary>
public sealed class KernelRunner : IDisposable
{
    private readonly Device _device = new CpuDevice();
    private readonly List<IDisposable> _buffers = [];

    /// <summary>Copies numbers to the device.</summary>
    public DeviceBuffer<T> Upload<T>(params T[] values)
        where T : unmanaged
    {
        DeviceBuffer<T> buffer = _device.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>A buffer full of NaN, to see that a kernel writes every element.</summary>
    public DeviceBuffer<float> Unset(int length)
    {
        float[] values = new float[length];
        Array.Fill(values, float.NaN);
        return Upload(values);
    }

    /// <summary>Runs an implicitly grouped kernel; buffers among the arguments stand for their views.</summary>
    public void Run(Type owner, string method, int extent, params object[] arguments) =>
        _device.Load(Find(owner, method)).Launch(_device.DefaultStream, new Index1D(extent), Views(arguments));

    /// <summary>Runs a generic implicitly grouped kernel.</summary>
    public void RunGeneric(Type owner, string method, Type argument, int extent, params object[] arguments) =>
        _device.Load(Find(owner, method).MakeGenericMethod(argument)).Launch(_device.DefaultStream, new Index1D(extent), Views(arguments));

    /// <summary>Runs an explicitly grouped kernel.</summary>
    public void RunGrouped(Type owner, string method, KernelConfig config, params object[] arguments) =>
        _device.Load(Find(owner, method)).Launch(_device.DefaultStream, config, Views(arguments));

    /// <summary>The contents of a buffer.</summary>
    public static T[] Read<T>(DeviceBuffer<T> buffer)
        where T : unmanaged
    {
        T[] values = new T[buffer.Length];
        buffer.CopyTo(values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in _buffers)
        {
            buffer.Dispose();
        }

        _device.Dispose();
    }

    private static MethodInfo Find(Type owner, string method) =>
        owner.GetMethod(method) ?? throw new InvalidOperationException($"{owner.Name} has no method {method}.");

    private static object[] Views(object[] arguments) => Array.ConvertAll(arguments, argument => argument switch
    {
        DeviceBuffer<float> floats => floats.View,
        DeviceBuffer<int> ints => ints.View,
        _ => argument,
    });
}
