namespace GpuRnn.Devices.Cuda.Native;

/// <summary>Numbers of cublas_api.h and library_types.h (CUDA 12.6).</summary>
internal static class CublasConstants
{
    internal const int Success = 0;
    internal const int AllocationFailed = 3;

    /// <summary>cublasOperation_t: CUBLAS_OP_N and CUBLAS_OP_T.</summary>
    internal const int Plain = 0;
    internal const int Transposed = 1;

    /// <summary>cudaDataType_t: CUDA_R_32F.</summary>
    internal const int Float32 = 0;

    /// <summary>cublasComputeType_t: CUBLAS_COMPUTE_32F_FAST_16BF and CUBLAS_COMPUTE_32F_FAST_TF32.</summary>
    internal const int ComputeBFloat16 = 75;
    internal const int ComputeTensorFloat32 = 77;

    /// <summary>cublasGemmAlgo_t: CUBLAS_GEMM_DEFAULT.</summary>
    internal const int DefaultAlgorithm = -1;

    private static readonly Dictionary<int, string> s_names = new()
    {
        [1] = "CUBLAS_STATUS_NOT_INITIALIZED",
        [AllocationFailed] = "CUBLAS_STATUS_ALLOC_FAILED",
        [7] = "CUBLAS_STATUS_INVALID_VALUE",
        [8] = "CUBLAS_STATUS_ARCH_MISMATCH",
        [11] = "CUBLAS_STATUS_MAPPING_ERROR",
        [13] = "CUBLAS_STATUS_EXECUTION_FAILED",
        [14] = "CUBLAS_STATUS_INTERNAL_ERROR",
        [15] = "CUBLAS_STATUS_NOT_SUPPORTED",
        [16] = "CUBLAS_STATUS_LICENSE_ERROR",
    };

    internal static string NameOf(int status) => s_names.TryGetValue(status, out string? name) ? $"{name} ({status})" : $"status {status}";
}
