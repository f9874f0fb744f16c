using GpuRnn.Kernels.Linear;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Linear;

/// <summary>One product with gaps between its rows: the factors, what the reference makes of them, and how far a kernel may be from it.</summary>
internal sealed class MatMulCase
{
    private const int RowPadding = 3;

    private readonly string _name;
    private readonly double[] _expected;
    private readonly double[] _allowed;

    /// <summary>Bits of <paramref name="options"/>: A is transposed, B is transposed, there is a bias, C is added to.</summary>
    internal MatMulCase(int m, int n, int k, int options)
    {
        (M, N, K) = (m, n, k);
        (bool transposeA, bool transposeB, HasBias, Accumulates) = ((options & 1) != 0, (options & 2) != 0, (options & 4) != 0, (options & 8) != 0);
        _name = $"[{m}, {n}, {k}] {transposeA} {transposeB} {HasBias} {Accumulates}";
        (int aRows, int aColumns) = transposeA ? (k, m) : (m, k);
        (int bRows, int bColumns) = transposeB ? (n, k) : (k, n);
        int aStride = aColumns + RowPadding;
        int bStride = bColumns + RowPadding;
        CStride = n + RowPadding;
        A = Numbers.Singles(1, aRows * aStride);
        B = Numbers.Singles(2, bRows * bStride);
        C = Numbers.Singles(3, m * CStride);
        Bias = HasBias ? Numbers.Singles(4, n) : [];
        (ARowStride, AColumnStride) = transposeA ? (1, aStride) : (aStride, 1);
        (BRowStride, BColumnStride) = transposeB ? (1, bStride) : (bStride, 1);

        _expected = Numbers.Widen(C);
        _allowed = new double[C.Length];
        MatMulReference.Multiply(
            Numbers.Widen(A), Numbers.Widen(B), _expected, Numbers.Widen(Bias), _allowed, m, n, k, ARowStride, AColumnStride, BRowStride, BColumnStride,
            CStride, Accumulates);

        // k products and sums, then C and the bias.
        double growth = (k + 2) * Tolerances.SingleUnitRoundoff / (1.0 - ((k + 2) * Tolerances.SingleUnitRoundoff));
        _allowed = Array.ConvertAll(_allowed, magnitude => magnitude * growth);
        if (!Accumulates)
        {
            // What C holds must not matter, not even NaN; the padding must stay.
            C = [.. C.Select((value, i) => i % CStride < n ? float.NaN : value)];
        }
    }

    internal int M { get; }

    internal int N { get; }

    internal int K { get; }

    internal bool HasBias { get; }

    internal bool Accumulates { get; }

    internal float[] A { get; }

    internal float[] B { get; }

    /// <summary>What stands in the result before the product.</summary>
    internal float[] C { get; }

    /// <summary>Empty where there is none.</summary>
    internal float[] Bias { get; }

    internal int ARowStride { get; }

    internal int AColumnStride { get; }

    internal int BRowStride { get; }

    internal int BColumnStride { get; }

    internal int CStride { get; }

    /// <summary>Holds each element of a result, padding included, to the bound of its sum.</summary>
    internal void Check(float[] actual, string how) => ElementwiseAssert.Close(_expected, actual, _allowed, $"{how} {_name}", M, CStride);
}
