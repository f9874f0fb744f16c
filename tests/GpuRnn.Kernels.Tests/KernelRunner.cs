using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Kernels.Tests;

/// <summary>Runs each kernel twice, as plain C# and compiled, and demands the same bits in every buffer; owns the buffers it uploads.</summary>
public sealed class KernelRunner : IDisposable
{
    private readonly CpuDevice _plain = new(new CpuDeviceOptions { KernelMode = CpuKernelMode.Plain });

    // Compiled kernels check no access, so a validating process has plain ones alone.
    private readonly CpuDevice _compiled =
        new(new CpuDeviceOptions { KernelMode = Validation.IsEnabled ? CpuKernelMode.Plain : CpuKernelMode.Compiled });
    private readonly List<IDisposable> _buffers = [];
    private readonly List<DeviceBuffer<float>> _floats = [];
    private readonly List<DeviceBuffer<int>> _integers = [];

    /// <summary>Copies numbers to the device.</summary>
    public DeviceBuffer<T> Upload<T>(params T[] values)
        where T : unmanaged
    {
        DeviceBuffer<T> buffer = _compiled.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        _buffers.Add(buffer);
        switch (buffer)
        {
            case DeviceBuffer<float> floats:
                _floats.Add(floats);
                break;
            case DeviceBuffer<int> integers:
                _integers.Add(integers);
                break;
            default:
                throw new NotSupportedException($"KernelRunner.Upload: {typeof(T).Name} arrived, but float or int was needed. Compare that type too.");
        }

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
        RunBoth(device => device.Load(Find(owner, method)).Launch(device.DefaultStream, new Index1D(extent), Views(arguments)));

    /// <summary>Runs a generic implicitly grouped kernel.</summary>
    public void RunGeneric(Type owner, string method, Type argument, int extent, params object[] arguments) =>
        RunBoth(device => device.Load(Find(owner, method).MakeGenericMethod(argument))
            .Launch(device.DefaultStream, new Index1D(extent), Views(arguments)));

    /// <summary>Runs a generic implicitly grouped kernel over rows and columns.</summary>
    public void RunGeneric(Type owner, string method, Type argument, Index2D extent, params object[] arguments) =>
        RunBoth(device => device.Load(Find(owner, method).MakeGenericMethod(argument))
            .Launch(device.DefaultStream, extent, Views(arguments)));

    /// <summary>Runs an explicitly grouped kernel.</summary>
    public void RunGrouped(Type owner, string method, KernelConfig config, params object[] arguments) =>
        RunBoth(device => device.Load(Find(owner, method)).Launch(device.DefaultStream, config, Views(arguments)));

    /// <summary>Runs an explicitly grouped kernel that is closed already.</summary>
    public void RunGrouped(MethodInfo kernel, KernelConfig config, params object[] arguments) =>
        RunBoth(device => device.Load(kernel).Launch(device.DefaultStream, config, Views(arguments)));

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

        _compiled.Dispose();
        _plain.Dispose();
    }

    private void RunBoth(Action<CpuDevice> launch)
    {
        int[][] before = Bits();
        launch(_plain);
        int[][] expected = Bits();
        for (int i = 0; i < _floats.Count; i++)
        {
            _floats[i].CopyFrom(Array.ConvertAll(before[i], BitConverter.Int32BitsToSingle));
        }

        for (int i = 0; i < _integers.Count; i++)
        {
            _integers[i].CopyFrom(before[_floats.Count + i]);
        }

        launch(_compiled);
        int[][] actual = Bits();
        for (int buffer = 0; buffer < actual.Length; buffer++)
        {
            for (int i = 0; i < actual[buffer].Length; i++)
            {
                int plain = expected[buffer][i];
                int compiled = actual[buffer][i];
                bool areNaN = buffer < _floats.Count && float.IsNaN(BitConverter.Int32BitsToSingle(plain)) && float.IsNaN(BitConverter.Int32BitsToSingle(compiled));
                Assert.True(
                    plain == compiled || areNaN,
                    $"uploaded buffer {buffer}, element {i}: plain C# gave the bits {plain:X8}, compiled {compiled:X8}, allowed difference 0");
            }
        }
    }

    // Floats first, then integers, each in the order of their upload.
    private int[][] Bits() =>
    [
        .. _floats.Select(buffer => Array.ConvertAll(Read(buffer), BitConverter.SingleToInt32Bits)),
        .. _integers.Select(Read),
    ];

    private static MethodInfo Find(Type owner, string method) =>
        owner.GetMethod(method) ?? throw new InvalidOperationException($"{owner.Name} has no method {method}.");

    private static object[] Views(object[] arguments) => Array.ConvertAll(arguments, argument => argument switch
    {
        DeviceBuffer<float> floats => floats.View,
        DeviceBuffer<int> ints => ints.View,
        _ => argument,
    });
}
