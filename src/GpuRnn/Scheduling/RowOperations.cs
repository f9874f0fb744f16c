using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>Row moves and products on a device: the words in which plans and plain time loops are written.</summary>
internal sealed class RowOperations
{
    private readonly LoadedKernel _copy;
    private readonly LoadedKernel _gather;
    private readonly LoadedKernel _scatter;
    private readonly LoadedKernel _fill;
    private readonly LoadedKernel _add;
    private readonly LoadedKernel _multiply;
    private readonly IMatrixExecutor _matrices;
    private readonly ProductPrecision _precision;

    /// <summary>Loads the kernels.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="matrices">What runs the products.</param>
    /// <param name="precision">What its products may round their factors to.</param>
    public RowOperations(Device device, IMatrixExecutor matrices, ProductPrecision precision = ProductPrecision.Single)
    {
        _matrices = matrices;
        _precision = precision;
        _copy = Load(device, nameof(SequenceRows.Copy));
        _gather = Load(device, nameof(SequenceRows.Gather));
        _scatter = Load(device, nameof(SequenceRows.Scatter));
        _fill = Load(device, nameof(SequenceRows.Fill));
        _add = Load(device, nameof(SequenceRows.Add));
        _multiply = Load(device, nameof(SequenceRows.Multiply));
    }

    /// <summary>What runs the products, and how exactly.</summary>
    public string MatrixName => _precision == ProductPrecision.Single ? _matrices.Name
        : _matrices.Supports(_precision).IsSupported ? $"{_matrices.Name}, {_precision}"
        : $"{_matrices.Name}, {ProductPrecision.Single}";

    /// <summary>Room for a right factor that many products share; null where they may be rounded, or where keeping one gains nothing.</summary>
    public IPreparedFactor? Prepare(int mostRows, int n, int k) => _precision == ProductPrecision.Single ? _matrices.Prepare(mostRows, n, k) : null;

    /// <summary>Runs one product; one without results is nothing to do.</summary>
    public void Product(DeviceStream stream, in MatrixProduct product)
    {
        if (product.M > 0 && product.N > 0)
        {
            _matrices.Multiply(stream, product with { Precision = _precision });
        }
    }

    /// <summary>Copies rows.</summary>
    public void Copy(DeviceStream stream, RowsView source, RowsView target, int rowCount, int width)
    {
        Launch(_copy, stream, rowCount, width, source.Memory, target.Memory, source.RowStride, target.RowStride);
    }

    /// <summary>target[r] = source[rows[r]].</summary>
    public void Gather(DeviceStream stream, RowsView source, ArrayView<int> rows, RowsView target, int rowCount, int width)
    {
        Launch(_gather, stream, rowCount, width, source.Memory, rows, target.Memory, source.RowStride, target.RowStride);
    }

    /// <summary>target[rows[r]] = source[r].</summary>
    public void Scatter(DeviceStream stream, RowsView source, ArrayView<int> rows, RowsView target, int rowCount, int width)
    {
        Launch(_scatter, stream, rowCount, width, source.Memory, rows, target.Memory, source.RowStride, target.RowStride);
    }

    /// <summary>Sets every element of the rows.</summary>
    public void Fill(DeviceStream stream, RowsView target, int rowCount, int width, float value)
    {
        Launch(_fill, stream, rowCount, width, target.Memory, target.RowStride, value);
    }

    /// <summary>Copies rows; absent ones are zeros.</summary>
    public void CopyOrClear(DeviceStream stream, RowsView source, RowsView target, int rowCount, int width)
    {
        if (source.IsAbsent)
        {
            Fill(stream, target, rowCount, width, 0);
        }
        else
        {
            Copy(stream, source, target, rowCount, width);
        }
    }

    /// <summary>target += source.</summary>
    public void Add(DeviceStream stream, RowsView source, RowsView target, int rowCount, int width)
    {
        Launch(_add, stream, rowCount, width, source.Memory, target.Memory, source.RowStride, target.RowStride);
    }

    /// <summary>target = source · factors, element by element; target may be source.</summary>
    public void Multiply(DeviceStream stream, RowsView source, RowsView factors, RowsView target, int rowCount, int width)
    {
        Launch(
            _multiply,
            stream,
            rowCount,
            width,
            source.Memory,
            factors.Memory,
            target.Memory,
            source.RowStride,
            factors.RowStride,
            target.RowStride);
    }

    private static LoadedKernel Load(Device device, string name)
    {
        MethodInfo method = typeof(SequenceRows).GetMethod(name)!;
        return device.Load(method);
    }

    private static void Launch(LoadedKernel kernel, DeviceStream stream, int rowCount, int width, params object[] arguments)
    {
        if (rowCount > 0 && width > 0)
        {
            kernel.Launch(stream, new Index2D(width, rowCount), arguments);
        }
    }
}
