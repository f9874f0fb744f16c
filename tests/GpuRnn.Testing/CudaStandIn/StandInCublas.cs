using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Testing.CudaStandIn;

/// <summary>Stands in for cuBLAS: multiplies matrices by columns, in the stream and the workspace that were set.</summary>
internal sealed unsafe class StandInCublas(StandInDriver driver) : CublasDriver
{
    private const int InvalidValue = 7;
    private const int ExecutionFailed = 13;

    private nint _stream;
    private ulong _workspace;

    internal override string File => "libcublas.so.12";

    /// <summary>The compute types of the products so far; 0 for plain single precision.</summary>
    internal List<int> ComputeTypes { get; } = [];

    internal override int cublasCreate_v2(nint* handle) => Status(driver.Call(nameof(cublasCreate_v2), true, () =>
    {
        *handle = driver.Open("cuBLAS handle");
        return 0;
    }));

    internal override int cublasDestroy_v2(nint handle) =>
        Status(driver.Call(nameof(cublasDestroy_v2), true, () => driver.Close(handle, "cuBLAS handle"), isRelease: true));

    internal override int cublasGetProperty(int property, int* value)
    {
        *value = property switch { 0 => 12, 1 => 6, _ => 3 };
        return 0;
    }

    internal override int cublasSetStream_v2(nint handle, nint stream) => Status(driver.Call(nameof(cublasSetStream_v2), true, () =>
    {
        _stream = stream;
        _workspace = 0;
        return driver.IsAlive(handle, "cuBLAS handle") && driver.IsAlive(stream, "stream") ? 0 : InvalidValue;
    }));

    internal override int cublasSetWorkspace_v2(nint handle, void* workspace, nuint bytes) => Status(driver.Call(nameof(cublasSetWorkspace_v2), true, () =>
    {
        _workspace = (ulong)workspace;
        return driver.DeviceBytes(_workspace, (long)bytes) is null ? InvalidValue : 0;
    }));

    internal override int cublasSgemm_v2(
        nint handle, int transposeA, int transposeB, int m, int n, int k, float* alpha, void* a, int lda, void* b, int ldb, float* beta, void* c,
        int ldc) => Multiply(nameof(cublasSgemm_v2), handle, (transposeA, transposeB), (m, n, k), *alpha, a, lda, b, ldb, *beta, c, ldc, 0);

    internal override int cublasGemmEx(
        nint handle, int transposeA, int transposeB, int m, int n, int k, void* alpha, void* a, int typeA, int lda, void* b, int typeB, int ldb,
        void* beta, void* c, int typeC, int ldc, int computeType, int algorithm) => (typeA, typeB, typeC, algorithm) == (0, 0, 0, -1)
            ? Multiply(nameof(cublasGemmEx), handle, (transposeA, transposeB), (m, n, k), *(float*)alpha, a, lda, b, ldb, *(float*)beta, c, ldc, computeType)
            : InvalidValue;

    private static int Status(int code) => code == 0 ? 0 : code is InvalidValue ? code : ExecutionFailed;

    private int Multiply(
        string name, nint handle, (int A, int B) transpose, (int M, int N, int K) size, float alpha, void* a, int lda, void* b, int ldb, float beta,
        void* c, int ldc, int computeType) => Status(driver.Call(name, true, () =>
    {
        bool isRight = driver.IsAlive(handle, "cuBLAS handle") && _workspace != 0 && lda >= Math.Max(1, transpose.A == 0 ? size.M : size.K)
            && ldb >= Math.Max(1, transpose.B == 0 ? size.K : size.N) && ldc >= Math.Max(1, size.M);
        if (!isRight)
        {
            return driver.Broken($"{name} of {size} with leading dimensions {lda}, {ldb}, {ldc}", InvalidValue);
        }

        ComputeTypes.Add(computeType);
        (ulong addressA, ulong addressB, ulong addressC) = ((ulong)a, (ulong)b, (ulong)c);
        return driver.Queue(_stream, () =>
        {
            for (int row = 0; row < size.M; row++)
            {
                for (int column = 0; column < size.N; column++)
                {
                    float sum = 0;
                    for (int i = 0; i < size.K; i++)
                    {
                        float left = Element(addressA, transpose.A == 0 ? row + ((long)i * lda) : i + ((long)row * lda));
                        float right = Element(addressB, transpose.B == 0 ? i + ((long)column * ldb) : column + ((long)i * ldb));
                        sum += left * right;
                    }

                    float* target = (float*)driver.DeviceBytes(addressC + (ulong)(sizeof(float) * (row + ((long)column * ldc))), sizeof(float));
                    *target = (alpha * sum) + (beta == 0 ? 0 : beta * *target);
                }
            }
        });
    }));

    private float Element(ulong address, long index) => *(float*)driver.DeviceBytes(address + (ulong)(sizeof(float) * index), sizeof(float));
}
