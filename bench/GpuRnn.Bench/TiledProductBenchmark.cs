using BenchmarkDotNet.Attributes;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Bench;

/// <summary>The tiled matrix product of 256³, a kernel with barriers and shared memory, compiled for the processor, on all cores.</summary>
/// <remarks>ILGPU 1.5.3's CPU accelerator takes 12.2 s for a tiled product of this size on two cores.</remarks>
public class TiledProductBenchmark
{
    private const int Size = 256;

    // Unit roundoff of single precision: 2^-24.
    private const double UnitRoundoff = 1.0 / (1 << 24);

    private readonly List<DeviceBuffer<float>> _buffers = [];
    private CpuDevice? _device;
    private LoadedKernel? _kernel;
    private object[] _arguments = [];

    /// <summary>Runs the product once and compares it with the double-precision reference.</summary>
    [GlobalSetup]
    public void Check()
    {
        _device = new CpuDevice(new CpuDeviceOptions { KernelMode = CpuKernelMode.Compiled });
        Random random = new(1);
        float[] a = [.. Enumerable.Range(0, Size * Size).Select(_ => (random.NextSingle() * 2f) - 1f)];
        float[] b = [.. Enumerable.Range(0, Size * Size).Select(_ => (random.NextSingle() * 2f) - 1f)];
        object[] views = [Upload(a), Upload(b), Upload(new float[Size * Size]), Upload(new float[Size])];
        _kernel = _device.Load(typeof(MatMulTiled).GetMethod(nameof(MatMulTiled.Forward))!);
        _arguments = [.. views, Size, Size, Size, Size, 1, Size, 1, Size, 0, 0];
        Compiled();
        float[] actual = new float[Size * Size];
        _buffers[2].CopyTo(actual);

        double[] expected = new double[actual.Length];
        double[] magnitudes = new double[actual.Length];
        MatMulReference.Multiply(
            Array.ConvertAll(a, value => (double)value), Array.ConvertAll(b, value => (double)value), expected, [], magnitudes,
            Size, Size, Size, Size, 1, Size, 1, Size, accumulate: false);
        ResultCheck.Require("tiled product", expected, actual, i => (Size + 1) * UnitRoundoff * magnitudes[i]);
    }

    /// <summary>Frees the device.</summary>
    [GlobalCleanup]
    public void Free()
    {
        _buffers.ForEach(buffer => buffer.Dispose());
        _buffers.Clear();
        _device?.Dispose();
    }

    /// <summary>One product.</summary>
    [Benchmark]
    public void Compiled()
    {
        KernelConfig config = new(new Index2D(Size / MatMulTiled.TileSize, Size / MatMulTiled.TileSize), new Index2D(MatMulTiled.TileSize, MatMulTiled.TileSize));
        _kernel!.Launch(_device!.DefaultStream, config, _arguments);
    }

    private ArrayView1D<float, Stride1D.Dense> Upload(float[] values)
    {
        DeviceBuffer<float> buffer = _device!.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        _buffers.Add(buffer);
        return buffer.View;
    }
}
