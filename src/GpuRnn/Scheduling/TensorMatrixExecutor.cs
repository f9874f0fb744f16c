using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Scheduling;

/// <summary>The matrix product on tensor cores, for products that allow TF32 or bfloat16; another executor runs those of single precision.</summary>
public sealed class TensorMatrixExecutor : IMatrixExecutor
{
    private const int WideBytes = MatMulTensor.WideCount * sizeof(float);

    private readonly IMatrixExecutor _single;
    private readonly SupportAnswer _answer;
    private readonly LoadedKernel? _tf32;
    private readonly LoadedKernel? _bfloat16;

    /// <summary>Loads the kernels where the device can run them.</summary>
    /// <param name="device">Where the products will run.</param>
    /// <param name="single">What runs products of single precision there.</param>
    public TensorMatrixExecutor(Device device, IMatrixExecutor single)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(single);
        _single = single;
        _answer = device.Supports(KernelEntry.Read(Kernel(typeof(BFloat16Factor))));
        if (_answer.IsSupported)
        {
            _tf32 = device.Load(Kernel(typeof(Tf32Factor)));
            _bfloat16 = device.Load(Kernel(typeof(BFloat16Factor)));
        }
    }

    /// <inheritdoc/>
    public string Name => _answer.IsSupported ? $"{_single.Name}, tensor cores where TF32 or bfloat16 is asked for" : _single.Name;

    /// <inheritdoc/>
    public SupportAnswer Supports(ProductPrecision precision) => precision == ProductPrecision.Single ? _single.Supports(precision)
        : _answer.IsSupported ? SupportAnswer.Yes("tensor cores")
        : SupportAnswer.No($"\"{_single.Name}\" has no tensor cores for it: {_answer.Reason}");

    /// <inheritdoc/>
    public void Multiply(DeviceStream stream, in MatrixProduct product)
    {
        LoadedKernel? kernel = product.Precision switch
        {
            ProductPrecision.TensorFloat32 => _tf32,
            ProductPrecision.BFloat16 => _bfloat16,
            _ => null,
        };
        if (kernel is null)
        {
            _single.Multiply(stream, product with { Precision = ProductPrecision.Single });
        }
        else if (product.M > 0 && product.N > 0)
        {
            Launch(kernel, stream, product);
        }
    }

    private static MethodInfo Kernel(Type factor) => typeof(MatMulTensor).GetMethod(nameof(MatMulTensor.Forward))!.MakeGenericMethod(factor);

    private static void Launch(LoadedKernel kernel, DeviceStream stream, in MatrixProduct product)
    {
        bool hasBias = product.Bias.Length > 0;
        kernel.Launch(
            stream,
            new KernelConfig(new Index2D(TileCount(product.N), TileCount(product.M)), new Index2D(MatMulTensor.GroupSize, 1)),
            product.A.Memory,
            product.B.Memory,
            product.C.Memory,
            hasBias ? product.Bias : product.C.Memory,
            product.M,
            product.N,
            product.K,
            product.TransposeA ? 1 : product.A.RowStride,
            product.TransposeA ? product.A.RowStride : 1,
            product.TransposeB ? 1 : product.B.RowStride,
            product.TransposeB ? product.B.RowStride : 1,
            product.C.RowStride,
            IsWide(product.A, product.TransposeA),
            IsWide(product.B, product.TransposeB),
            product.Accumulate ? 1 : 0,
            hasBias ? 1 : 0);
    }

    // Four numbers are copied at once only from addresses that are multiples of all their bytes.
    private static unsafe int IsWide(RowsView rows, bool isTransposed) =>
        !isTransposed && rows.RowStride % MatMulTensor.WideCount == 0 && (nuint)rows.Memory.HostPointer % WideBytes == 0 ? 1 : 0;

    private static int TileCount(int elements) => (elements + MatMulTensor.TileSize - 1) / MatMulTensor.TileSize;
}
