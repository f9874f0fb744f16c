using BenchmarkDotNet.Attributes;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Bench;

/// <summary>The device's matrix product at the shapes that a layer with T=64, B=32, I=128, H=256 needs.</summary>
public class MatrixProductBenchmark
{
    // Unit roundoff of single precision: 2^-24.
    private const double UnitRoundoff = 1.0 / (1 << 24);

    private Device? _device;
    private IMatrixExecutor? _executor;
    private DeviceBuffer<float>? _a;
    private DeviceBuffer<float>? _b;
    private DeviceBuffer<float>? _c;
    private MatrixProduct _product;

    /// <summary>The product that is timed.</summary>
    [ParamsSource(nameof(Shapes))]
    public ProductShape Shape { get; set; } = null!;

    /// <summary>An LSTM layer's products, and a square one.</summary>
    public static IEnumerable<ProductShape> Shapes =>
    [
        new("inputs", 2048, 1024, 128, TransposeA: false, TransposeB: true),
        new("step", 32, 1024, 256, TransposeA: false, TransposeB: true),
        new("weight-gradient", 1024, 256, 2048, TransposeA: true, TransposeB: false),
        new("square", 512, 512, 512, TransposeA: false, TransposeB: false),
    ];

    /// <summary>Runs the product once and compares it with the double-precision reference.</summary>
    [GlobalSetup]
    public void Check()
    {
        _device = DeviceCatalog.Open(DeviceCatalog.Auto);
        _executor = _device.MatrixExecutor
            ?? throw new InvalidOperationException($"{_device.Name}: has no matrix executor, but its product is to be timed. Choose another device.");
        float[] a = RandomValues(Shape.M * Shape.K, seed: 1);
        float[] b = RandomValues(Shape.K * Shape.N, seed: 2);
        _a = Upload(a);
        _b = Upload(b);
        _c = _device.Allocate<float>((long)Shape.M * Shape.N);
        _product = new MatrixProduct
        {
            A = new RowsView(_a.View, Shape.TransposeA ? Shape.M : Shape.K),
            TransposeA = Shape.TransposeA,
            B = new RowsView(_b.View, Shape.TransposeB ? Shape.K : Shape.N),
            TransposeB = Shape.TransposeB,
            C = new RowsView(_c.View, Shape.N),
            M = Shape.M,
            N = Shape.N,
            K = Shape.K,
        };
        Multiply();
        float[] actual = new float[Shape.M * Shape.N];
        _c.CopyTo(actual);

        double[] expected = new double[actual.Length];
        double[] magnitudes = new double[actual.Length];
        MatMulReference.Multiply(
            Array.ConvertAll(a, value => (double)value),
            Array.ConvertAll(b, value => (double)value),
            expected,
            [],
            magnitudes,
            Shape.M,
            Shape.N,
            Shape.K,
            Shape.TransposeA ? 1 : Shape.K,
            Shape.TransposeA ? Shape.M : 1,
            Shape.TransposeB ? 1 : Shape.N,
            Shape.TransposeB ? Shape.K : 1,
            Shape.N,
            accumulate: false);

        // A sum of K products in any order: K + 1 roundings at most on each term.
        ResultCheck.Require(Shape.ToString(), expected, actual, i => (Shape.K + 1) * UnitRoundoff * magnitudes[i]);
    }

    /// <summary>Frees the device.</summary>
    [GlobalCleanup]
    public void Free()
    {
        _c?.Dispose();
        _b?.Dispose();
        _a?.Dispose();
        _device?.Dispose();
    }

    /// <summary>One product.</summary>
    [Benchmark]
    public void Multiply()
    {
        _executor!.Multiply(_device!.DefaultStream, _product);
        _device.DefaultStream.Synchronize();
    }

    private static float[] RandomValues(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() * 2.0f) - 1.0f;
        }

        return values;
    }

    private DeviceBuffer<float> Upload(float[] values)
    {
        DeviceBuffer<float> buffer = _device!.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
