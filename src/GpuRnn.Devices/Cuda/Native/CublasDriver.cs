namespace GpuRnn.Devices.Cuda.Native;

/// <summary>The entry points of cuBLAS that this project calls, so that something else can stand in for it.</summary>
/// <remarks>
/// Names, order and types of the parameters are those of cublas_api.h (CUDA 12.6); cublasStatus_t and enumerations are 32 bits. The scalars
/// alpha and beta lie in host memory, which is the pointer mode that a handle is created with.
/// </remarks>
internal abstract unsafe class CublasDriver
{
    /// <summary>Where it was found, for people.</summary>
    internal abstract string File { get; }

    internal abstract int cublasCreate_v2(nint* handle);

    internal abstract int cublasDestroy_v2(nint handle);

    internal abstract int cublasGetProperty(int property, int* value);

    internal abstract int cublasSetStream_v2(nint handle, nint stream);

    internal abstract int cublasSetWorkspace_v2(nint handle, void* workspace, nuint bytes);

    internal abstract int cublasSgemm_v2(
        nint handle, int transposeA, int transposeB, int m, int n, int k, float* alpha, void* a, int lda, void* b, int ldb, float* beta,
        void* c, int ldc);

    internal abstract int cublasGemmEx(
        nint handle, int transposeA, int transposeB, int m, int n, int k, void* alpha, void* a, int typeA, int lda, void* b, int typeB,
        int ldb, void* beta, void* c, int typeC, int ldc, int computeType, int algorithm);
}
