using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Matrix products.</summary>
internal static class ProductCases
{
    // M, N, K: empty in each axis, 1, primes, the tiles of 16, 32 and 64 with their neighbours, one or two rows, and large.
    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (0, 3, 2), (3, 0, 2), (2, 3, 0), (1, 1, 1), (7, 13, 11), (15, 17, 16), (16, 16, 16), (17, 15, 33), (2, 67, 31),
        (31, 33, 32), (65, 63, 64), (129, 130, 257),
    ];

    public static IEnumerable<ConformanceCase> All()
    {
        return s_sizes.SelectMany(size => (ConformanceCase[])[MatMulCase(size.M, size.N, size.K), LinearCase(size.M, size.N, size.K, true), LinearCase(size.M, size.N, size.K, false)]);
    }

    /// <summary>y = x · Wᵀ + b in double.</summary>
    public static Sums Linear(double[] x, double[] weight, double[]? bias, int m, int n, int k)
    {
        Sums sums = Multiply(x, weight, m, n, k, k, 1, 1, k);
        for (int i = 0; bias is not null && i < m * n; i++)
        {
            sums.Add(i, bias[i % n]);
        }

        return sums;
    }

    /// <summary>The gradients of x, W and, if there is one, b.</summary>
    public static Sums[] LinearGradient(double[] x, double[] weight, bool hasBias, double[] upstream, int m, int n, int k)
    {
        Sums input = Multiply(upstream, weight, m, k, n, n, 1, k, 1);
        Sums matrix = Multiply(upstream, x, n, k, m, 1, n, k, 1);
        Sums bias = new(n);
        for (int i = 0; i < upstream.Length; i++)
        {
            bias.Add(i % n, upstream[i]);
        }

        return hasBias ? [input, matrix, bias] : [input, matrix];
    }

    private static OperationCase MatMulCase(int m, int n, int k)
    {
        return new OperationCase("operation matmul", $"M={m} N={n} K={k}")
        {
            Shapes = [[m, k], [k, n]],
            Operation = (tape, x) => MatMul.Forward(tape, x[0], x[1]),
            Formula = x => Multiply(x[0], x[1], m, n, k, k, 1, n, 1),
            Gradient = (x, g) => [Multiply(g, x[1], m, k, n, n, 1, 1, n), Multiply(x[0], g, k, n, m, 1, k, n, 1)],
        };
    }

    private static OperationCase LinearCase(int m, int n, int k, bool hasBias)
    {
        return new OperationCase(hasBias ? "operation linear" : "operation linear without bias", $"rows={m} N={n} K={k}")
        {
            Shapes = hasBias ? [[m, k], [n, k], [n]] : [[m, k], [n, k]],
            Operation = (tape, x) => GpuRnn.Tensors.Operations.Linear.Forward(tape, x[0], x[1], hasBias ? x[2] : null),
            Formula = x => Linear(x[0], x[1], hasBias ? x[2] : null, m, n, k),
            Gradient = (x, g) => LinearGradient(x[0], x[1], hasBias, g, m, n, k),
        };
    }

    /// <summary>op(A) · op(B); a transposed operand is one with its strides swapped.</summary>
    private static Sums Multiply(
        double[] a, double[] b, int m, int n, int k, int aRowStride, int aColumnStride, int bRowStride, int bColumnStride)
    {
        Sums sums = new(m * n);
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                for (int i = 0; i < k; i++)
                {
                    sums.Add(
                        (row * n) + column, a[(row * aRowStride) + (i * aColumnStride)] * b[(i * bRowStride) + (column * bColumnStride)]);
                }
            }
        }

        return sums;
    }
}
