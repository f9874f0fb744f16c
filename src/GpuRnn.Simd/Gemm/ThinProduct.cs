using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>Products with so few rows of A that packing B would cost more than multiplying: B is read once, where it lies.</summary>
/// <remarks>
/// Such are the sums of bias gradients (a row of ones times a [T·B, G·H] matrix, which took 2-4 ms of a 50 ms training step when it was
/// packed) and single-row inference. Deterministic; the summation order differs from the packed product's when B is transposed.
/// </remarks>
internal static unsafe class ThinProduct<TLane>
    where TLane : struct, IVectorLane<TLane>
{
    /// <summary>The most rows of A for which it is used.</summary>
    public const int MaxRows = 2;

    /// <summary>Computes the columns from <paramref name="firstColumn"/> to before <paramref name="endColumn"/> of every row.</summary>
    public static void Run(in MatrixProduct product, int firstColumn, int endColumn)
    {
        for (int row = 0; row < product.M; row++)
        {
            float* c = product.C.Memory.HostPointer + ((nint)row * product.C.RowStride);
            nint aStride = product.A.RowStride;
            float* a = product.A.Memory.HostPointer + (product.TransposeA ? row : row * aStride);
            nint aStep = product.TransposeA ? aStride : 1;
            Start(product, c, firstColumn, endColumn);
            if (product.TransposeB)
            {
                AddDots(product, a, aStep, c, firstColumn, endColumn);
            }
            else
            {
                AddRows(product, a, aStep, c, firstColumn, endColumn);
            }
        }
    }

    private static void Start(in MatrixProduct product, float* c, int firstColumn, int endColumn)
    {
        for (int column = firstColumn; column < endColumn; column++)
        {
            float bias = product.Bias.Length == 0 ? 0 : product.Bias.HostPointer[column];
            c[column] = product.Accumulate ? c[column] + bias : bias;
        }
    }

    // Four rows of B at a time, so that C is loaded and stored once for four multiply-adds; each element still sums in order of k.
    private static void AddRows(in MatrixProduct product, float* a, nint aStep, float* c, int firstColumn, int endColumn)
    {
        nint stride = product.B.RowStride;
        float* b = product.B.Memory.HostPointer;
        int whole = endColumn - ((endColumn - firstColumn) % TLane.Count);
        int k = 0;
        for (; k + 4 <= product.K; k += 4)
        {
            TLane x0 = TLane.Broadcast(a + (k * aStep));
            TLane x1 = TLane.Broadcast(a + ((k + 1) * aStep));
            TLane x2 = TLane.Broadcast(a + ((k + 2) * aStep));
            TLane x3 = TLane.Broadcast(a + ((k + 3) * aStep));
            float* rows = b + (k * stride);
            for (int column = firstColumn; column < whole; column += TLane.Count)
            {
                TLane sum = TLane.MultiplyAdd(x0, TLane.Load(rows + column), TLane.Load(c + column));
                sum = TLane.MultiplyAdd(x1, TLane.Load(rows + stride + column), sum);
                sum = TLane.MultiplyAdd(x2, TLane.Load(rows + (2 * stride) + column), sum);
                TLane.Store(c + column, TLane.MultiplyAdd(x3, TLane.Load(rows + (3 * stride) + column), sum));
            }
        }

        for (; k < product.K; k++)
        {
            TLane x = TLane.Broadcast(a + (k * aStep));
            float* row = b + (k * stride);
            for (int column = firstColumn; column < whole; column += TLane.Count)
            {
                TLane.Store(c + column, TLane.MultiplyAdd(x, TLane.Load(row + column), TLane.Load(c + column)));
            }
        }

        for (int column = whole; column < endColumn; column++)
        {
            for (int i = 0; i < product.K; i++)
            {
                c[column] = MathF.FusedMultiplyAdd(a[i * aStep], b[(i * stride) + column], c[column]);
            }
        }
    }

    private static void AddDots(in MatrixProduct product, float* a, nint aStep, float* c, int firstColumn, int endColumn)
    {
        float* partial = stackalloc float[TLane.Count];
        int whole = aStep == 1 ? product.K - (product.K % TLane.Count) : 0;
        for (int column = firstColumn; column < endColumn; column++)
        {
            float* b = product.B.Memory.HostPointer + ((nint)column * product.B.RowStride);
            TLane sums = TLane.Zero;
            for (int k = 0; k < whole; k += TLane.Count)
            {
                sums = TLane.MultiplyAdd(TLane.Load(a + k), TLane.Load(b + k), sums);
            }

            TLane.Store(partial, sums);
            float sum = 0;
            for (int lane = 0; lane < TLane.Count; lane++)
            {
                sum += partial[lane];
            }

            for (int k = whole; k < product.K; k++)
            {
                sum = MathF.FusedMultiplyAdd(a[k * aStep], b[k], sum);
            }

            c[column] += sum;
        }
    }
}
