using GpuRnn.Devices.Native;

namespace GpuRnn.Devices.Cuda.Native;

/// <summary>The cuBLAS of this machine, by the addresses of its exported symbols.</summary>
internal sealed unsafe class CublasLibrary : CublasDriver
{
    private static readonly Lazy<(CublasLibrary? Library, string? Absence)> s_ofProcess = new(Load);

    private readonly delegate* unmanaged<nint*, int> _cublasCreate_v2;
    private readonly delegate* unmanaged<nint, int> _cublasDestroy_v2;
    private readonly delegate* unmanaged<int, int*, int> _cublasGetProperty;
    private readonly delegate* unmanaged<nint, nint, int> _cublasSetStream_v2;
    private readonly delegate* unmanaged<nint, void*, nuint, int> _cublasSetWorkspace_v2;
    private readonly delegate* unmanaged<
        nint, int, int, int, int, int, float*, void*, int, void*, int, float*, void*, int, int> _cublasSgemm_v2;
    private readonly delegate* unmanaged<
        nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int, int> _cublasGemmEx;

    private CublasLibrary(DriverExports exports)
    {
        File = exports.File;
        _cublasCreate_v2 = (delegate* unmanaged<nint*, int>)exports.Address("cublasCreate_v2");
        _cublasDestroy_v2 = (delegate* unmanaged<nint, int>)exports.Address("cublasDestroy_v2");
        _cublasGetProperty = (delegate* unmanaged<int, int*, int>)exports.Address("cublasGetProperty");
        _cublasSetStream_v2 = (delegate* unmanaged<nint, nint, int>)exports.Address("cublasSetStream_v2");
        _cublasSetWorkspace_v2 = (delegate* unmanaged<nint, void*, nuint, int>)exports.Address("cublasSetWorkspace_v2");
        _cublasSgemm_v2 = (delegate* unmanaged<
            nint, int, int, int, int, int, float*, void*, int, void*, int, float*, void*, int, int>)exports.Address("cublasSgemm_v2");
        _cublasGemmEx = (delegate* unmanaged<
            nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int,
            int>)exports.Address("cublasGemmEx");
    }

    /// <inheritdoc/>
    internal override string File { get; }

    /// <summary>The library, null where there is none; <paramref name="absence"/> then says why.</summary>
    internal static CublasDriver? OfProcess(out string? absence)
    {
        (CublasLibrary? library, absence) = s_ofProcess.Value;
        return library;
    }

    internal override int cublasCreate_v2(nint* handle) =>
        _cublasCreate_v2(handle);

    internal override int cublasDestroy_v2(nint handle) =>
        _cublasDestroy_v2(handle);

    internal override int cublasGetProperty(int property, int* value) =>
        _cublasGetProperty(property, value);

    internal override int cublasSetStream_v2(nint handle, nint stream) =>
        _cublasSetStream_v2(handle, stream);

    internal override int cublasSetWorkspace_v2(nint handle, void* workspace, nuint bytes) =>
        _cublasSetWorkspace_v2(handle, workspace, bytes);

    internal override int cublasSgemm_v2(
        nint handle, int transposeA, int transposeB, int m, int n, int k, float* alpha, void* a, int lda, void* b, int ldb, float* beta,
        void* c, int ldc) =>
        _cublasSgemm_v2(handle, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);

    internal override int cublasGemmEx(
        nint handle, int transposeA, int transposeB, int m, int n, int k, void* alpha, void* a, int typeA, int lda, void* b, int typeB,
        int ldb, void* beta, void* c, int typeC, int ldc, int computeType, int algorithm) =>
        _cublasGemmEx(
            handle, transposeA, transposeB, m, n, k, alpha, a, typeA, lda, b, typeB, ldb, beta, c, typeC, ldc, computeType, algorithm);

    private static (CublasLibrary? Library, string? Absence) Load()
    {
        DriverExports? exports = DriverExports.Open(DriverLibrary.Cublas, out string? absence);
        CublasLibrary? library = exports is null ? null : new CublasLibrary(exports);
        return exports?.Missing is string missing ? (null, $"{exports.File} has no {missing}") : (library, absence);
    }
}
