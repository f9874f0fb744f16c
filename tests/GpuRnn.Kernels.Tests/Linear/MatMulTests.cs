using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Linear;

public sealed class MatMulTests
{
    private const int RowPadding = 3;

    /// <summary>M, N, K: none, one, a prime, a tile ± 1, larger.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 0, 5, 3 },
        { 5, 0, 3 },
        { 3, 5, 0 },
        { 1, 1, 1 },
        { 7, 11, 13 },
        { 15, 16, 17 },
        { 16, 16, 16 },
        { 17, 15, 16 },
        { 33, 47, 64 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Naive_EveryTransposeBiasAndAccumulate_MatchesTheReference(int m, int n, int k) => CheckAll(m, n, k, isTiled: false);

    // Some work-items are operating-system threads here, so only a few groups are run.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 0)]
    [InlineData(15, 16, 17)]
    [InlineData(17, 15, 16)]
    public void Tiled_TransposeBiasAndAccumulate_MatchesTheReference(int m, int n, int k)
    {
        using KernelRunner runner = new();
        Check(runner, m, n, k, isTiled: true, transposeA: false, transposeB: true, hasBias: true, accumulate: false);
        Check(runner, m, n, k, isTiled: true, transposeA: true, transposeB: false, hasBias: false, accumulate: true);
    }

    private static void CheckAll(int m, int n, int k, bool isTiled)
    {
        using KernelRunner runner = new();
        for (int options = 0; options < 16; options++)
        {
            Check(runner, m, n, k, isTiled, (options & 1) != 0, (options & 2) != 0, (options & 4) != 0, (options & 8) != 0);
        }
    }

    private static void Check(
        KernelRunner runner, int m, int n, int k, bool isTiled, bool transposeA, bool transposeB, bool hasBias, bool accumulate)
    {
        (int aRows, int aColumns) = transposeA ? (k, m) : (m, k);
        (int bRows, int bColumns) = transposeB ? (n, k) : (k, n);
        int aStride = aColumns + RowPadding;
        int bStride = bColumns + RowPadding;
        int cStride = n + RowPadding;
        float[] a = Numbers.Singles(1, aRows * aStride);
        float[] b = Numbers.Singles(2, bRows * bStride);
        float[] c = Numbers.Singles(3, m * cStride);
        float[] bias = Numbers.Singles(4, n);
        (int aRowStride, int aColumnStride) = transposeA ? (1, aStride) : (aStride, 1);
        (int bRowStride, int bColumnStride) = transposeB ? (1, bStride) : (bStride, 1);

        double[] expected = Numbers.Widen(c);
        double[] allowed = new double[c.Length];
        MatMulReference.Multiply(
            Numbers.Widen(a), Numbers.Widen(b), expected, hasBias ? Numbers.Widen(bias) : [], allowed, m, n, k,
            aRowStride, aColumnStride, bRowStride, bColumnStride, cStride, accumulate);
        for (int i = 0; i < allowed.Length; i++)
        {
            // k products and sums, then C and the bias.
            allowed[i] *= (k + 2) * Tolerances.SingleUnitRoundoff / (1.0 - ((k + 2) * Tolerances.SingleUnitRoundoff));
        }

        if (!accumulate)
        {
            // What C holds must not matter, not even NaN; the padding must stay.
            for (int i = 0; i < c.Length; i++)
            {
                c[i] = i % cStride < n ? float.NaN : c[i];
            }
        }

        DeviceBuffer<float> result = runner.Upload(c);
        object[] operands = [runner.Upload(a), runner.Upload(b), result, runner.Upload(hasBias ? bias : [])];
        object[] sizes = [n, k, aRowStride, aColumnStride, bRowStride, bColumnStride, cStride, accumulate ? 1 : 0, hasBias ? 1 : 0];
        if (isTiled)
        {
            int tiles = MatMulTiled.TileSize;
            KernelConfig config = new(new Index3D((n + tiles - 1) / tiles, (m + tiles - 1) / tiles, 1), new Index3D(tiles, tiles, 1));
            runner.RunGrouped(typeof(MatMulTiled), "Forward", config, [.. operands, m, .. sizes]);
        }
        else
        {
            runner.Run(typeof(MatMulNaive), "Forward", m * n, [.. operands, .. sizes]);
        }

        ElementwiseAssert.Close(
            expected, KernelRunner.Read(result), allowed, $"[{m}, {n}, {k}] {transposeA} {transposeB} {hasBias} {accumulate}", m, cStride);
    }
}
