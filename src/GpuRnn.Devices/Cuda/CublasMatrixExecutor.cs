using System.Runtime.CompilerServices;
using GpuRnn.Devices.Cuda.Native;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cuda;

/// <summary>The matrix product of NVIDIA's cuBLAS, where the machine has it.</summary>
/// <remarks>
/// Single precision is computed in single precision; TF32 and bfloat16 are taken only where a product allows them. cuBLAS lays matrices out by
/// columns: our [M, N] by rows is its [N, M], so the factors change places.
/// </remarks>
public sealed unsafe class CublasMatrixExecutor : IMatrixExecutor, IDisposable
{
    // Tensor cores for TF32 and bfloat16 came with compute capability 8.0.
    private const int RoundedMajor = 8;

    // What NVIDIA recommends (cuBLAS documentation, cublasSetWorkspace): 32 MiB from Hopper on, 4 MiB before.
    private const int LargeWorkspaceMajor = 9;
    private const long LargeWorkspaceBytes = 32L << 20;
    private const long SmallWorkspaceBytes = 4L << 20;

    private readonly CudaDevice _device;
    private readonly CublasDriver _driver;
    private readonly IMatrixExecutor _plain;
    private readonly ConditionalWeakTable<DeviceStream, DeviceBuffer<byte>> _workspaces = [];
    private readonly Lock _gate = new();
    private WeakReference<DeviceStream>? _stream;
    private nint _handle;

    /// <summary>Opens cuBLAS for a device, which closes it with itself once it is registered there.</summary>
    /// <param name="device">Where the products will run; <see cref="Supports(CudaDevice)"/> it.</param>
    /// <param name="plain">Another product, for adding a bias, for sums of nothing, and where rows of a factor share memory.</param>
    /// <exception cref="DeviceException">cuBLAS is not there, or refuses.</exception>
    public CublasMatrixExecutor(CudaDevice device, IMatrixExecutor plain)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(plain);
        _device = device;
        _plain = plain;
        _driver = device.Information.Driver.FindCublas(out string? absence)
            ?? throw new DeviceException($"CublasMatrixExecutor: {device} arrived, but {absence}. Register another product.");
        Name = $"cuBLAS {VersionOf(_driver)}";
        device.Context.Enter();
        nint handle = 0;
        Require(_driver.cublasCreate_v2(&handle), nameof(_driver.cublasCreate_v2));
        _handle = handle;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Tells whether the machine has cuBLAS, where and in which version.</summary>
    public static SupportAnswer Supports(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Information.Driver.FindCublas(out string? absence) is CublasDriver driver
            ? SupportAnswer.Yes($"{VersionOf(driver)} from {driver.File}")
            : SupportAnswer.No(absence ?? "it was not found");
    }

    /// <inheritdoc/>
    public SupportAnswer Supports(ProductPrecision precision) =>
        precision == ProductPrecision.Single ? SupportAnswer.Yes("factors of 24 bits")
        : _device.Information.CapabilityMajor >= RoundedMajor ? SupportAnswer.Yes($"tensor cores of {_device.Architecture}")
        : SupportAnswer.No($"\"{Name}\" has no tensor cores for {precision} below compute capability {RoundedMajor}.0");

    /// <inheritdoc/>
    public void Multiply(DeviceStream stream, in MatrixProduct product)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (product.M == 0 || product.N == 0)
        {
            return;
        }

        // cuBLAS takes no factor whose rows are all the same memory, such as the ones that a sum multiplies with.
        if (product.A.RowStride < (product.TransposeA ? product.M : product.K) || product.B.RowStride < (product.TransposeB ? product.K : product.N))
        {
            _plain.Multiply(stream, product with { Precision = ProductPrecision.Single });
            return;
        }

        bool isPrepared = product.K == 0 || product.Bias.Length > 0;
        if (isPrepared)
        {
            _plain.Multiply(stream, product with { K = 0, Precision = ProductPrecision.Single });
        }

        if (product.K > 0)
        {
            lock (_gate)
            {
                CudaStream queue = (CudaStream)stream;
                queue.Enter();
                Use(queue);
                Queue(queue, product, isPrepared || product.Accumulate);
            }
        }
    }

    /// <summary>Closes cuBLAS; a second call does nothing.</summary>
    public void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle == 0)
        {
            return;
        }

        _device.Context.EnterToRelease();
        _ = _driver.cublasDestroy_v2(handle);
        foreach ((DeviceStream _, DeviceBuffer<byte> workspace) in _workspaces)
        {
            workspace.Dispose();
        }
    }

    // A product's parts meet in the workspace, so queues that run side by side need one each.
    private void Use(CudaStream stream)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        if (_stream is not null && _stream.TryGetTarget(out DeviceStream? last) && ReferenceEquals(last, stream))
        {
            stream.Uses(MemoryOf(_workspaces.GetValue(stream, Workspace).View));
            return;
        }

        // Until both calls have succeeded the handle belongs to no queue, or the next product would run in the wrong one.
        _stream = null;
        DeviceBuffer<byte> workspace = _workspaces.GetValue(stream, Workspace);
        Require(_driver.cublasSetStream_v2(_handle, stream.Handle), nameof(_driver.cublasSetStream_v2));
        CudaMemory memory = MemoryOf(workspace.View);
        Require(
            _driver.cublasSetWorkspace_v2(_handle, (void*)memory.Address, (nuint)workspace.SizeInBytes), nameof(_driver.cublasSetWorkspace_v2));
        stream.Uses(memory);
        _stream = new WeakReference<DeviceStream>(stream);
    }

    private DeviceBuffer<byte> Workspace(DeviceStream stream) => _device.Allocate<byte>(
        _device.Information.CapabilityMajor >= LargeWorkspaceMajor ? LargeWorkspaceBytes : SmallWorkspaceBytes);

    private void Queue(CudaStream stream, in MatrixProduct product, bool addsToC)
    {
        float alpha = 1.0f;
        float beta = addsToC ? 1.0f : 0.0f;
        int first = product.TransposeB ? CublasConstants.Transposed : CublasConstants.Plain;
        int second = product.TransposeA ? CublasConstants.Transposed : CublasConstants.Plain;
        void* a = AddressOf(stream, product.A);
        void* b = AddressOf(stream, product.B);
        void* c = AddressOf(stream, product.C);
        (int m, int n, int k) = (product.N, product.M, product.K);
        if (product.Precision == ProductPrecision.Single)
        {
            int status = _driver.cublasSgemm_v2(
                _handle, first, second, m, n, k, &alpha, b, product.B.RowStride, a, product.A.RowStride, &beta, c, product.C.RowStride);
            Require(status, nameof(_driver.cublasSgemm_v2), stream);
            return;
        }

        const int Type = CublasConstants.Float32;
        int computeType = product.Precision == ProductPrecision.TensorFloat32
            ? CublasConstants.ComputeTensorFloat32
            : CublasConstants.ComputeBFloat16;
        int result = _driver.cublasGemmEx(
            _handle, first, second, m, n, k, &alpha, b, Type, product.B.RowStride, a, Type, product.A.RowStride, &beta, c, Type,
            product.C.RowStride, computeType, CublasConstants.DefaultAlgorithm);
        Require(result, nameof(_driver.cublasGemmEx), stream);
    }

    private void* AddressOf(CudaStream stream, RowsView rows)
    {
        stream.Uses(MemoryOf(rows.Memory));
        return rows.Memory.HostPointer;
    }

    private CudaMemory MemoryOf<T>(ArrayView<T> view)
        where T : unmanaged
    {
        ViewChecks.RequireAlive(view.Source);
        return view.Source is CudaMemory memory && memory.IsOf(_device)
            ? memory
            : throw new DeviceException(
                $"CublasMatrixExecutor.Multiply: a view of {(view.Source as IViewSource)?.Description ?? "host memory"} arrived, but {_device.Id} reads its own "
                + "memory alone. Allocate the buffer on the device object that runs the product.");
    }

    private static string VersionOf(CublasDriver driver)
    {
        int* version = stackalloc int[3];
        for (int part = 0; part < 3; part++)
        {
            // libraryPropertyType: major, minor, patch level.
            if (driver.cublasGetProperty(part, version + part) != CublasConstants.Success)
            {
                return "of unknown version";
            }
        }

        return $"{version[0]}.{version[1]}.{version[2]}";
    }

    private void Require(int status, string call, CudaStream? stream = null)
    {
        if (status == CublasConstants.Success)
        {
            return;
        }

        string what = $"{_device.Id}.{call}: {CublasConstants.NameOf(status)} arrived, but CUBLAS_STATUS_SUCCESS was needed.";
        if (status == CublasConstants.AllocationFailed)
        {
            throw new OutOfDeviceMemoryException($"{what} Use a smaller batch or model, or dispose buffers.", 0);
        }

        // It does not tell a lost device from a refused call, but the driver does.
        if (stream is not null && !_device.Context.IsCapturing)
        {
            stream.Synchronize();
        }

        throw new DeviceCallException($"{what} Update driver and cuBLAS; report this with their versions if it stays.", call, status, _device.Id, null);
    }
}
