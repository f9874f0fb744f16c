using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Tiles;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Linear;

/// <summary>The product over panels against the reference, for tiles of several sizes and shapes around them.</summary>
public sealed class MatMulPanelsTests
{
    private const int RowPadding = 3;

    /// <summary>Rows, blocks and lanes of the tile; M, N, K: one, a prime, a tile ± 1, none to sum.</summary>
    public static TheoryData<int, int, int, int, int, int> Shapes => new()
    {
        { 8, 3, 16, 1, 1, 1 },
        { 8, 3, 16, 9, 49, 17 },
        { 8, 3, 16, 7, 47, 5 },
        { 8, 3, 16, 2, 49, 64 },
        { 8, 3, 16, 3, 5, 0 },
        { 4, 2, 8, 5, 17, 13 },
        { 4, 2, 4, 8, 16, 11 },
        { 2, 4, 4, 3, 31, 7 },
        { 1, 1, 1, 3, 5, 7 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_EveryTransposeBiasAndAccumulate_MatchesTheReference(int rows, int blocks, int lanes, int m, int n, int k)
    {
        using KernelRunner runner = new();
        for (int options = 0; options < 16; options++)
        {
            Check(runner, new TileShape(rows, blocks, lanes), m, n, k, (options & 1) != 0, (options & 2) != 0, (options & 4) != 0, (options & 8) != 0);
        }
    }

    [Theory]
    [InlineData(3, 1, 16)]
    [InlineData(4, 5, 16)]
    [InlineData(4, 1, 32)]
    public void TileShape_ThatHasNoTypes_IsRefused(int rows, int blocks, int lanes)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new TileShape(rows, blocks, lanes));

        Assert.Contains($"{rows} rows of {blocks} blocks of {lanes} lanes arrived", error.Message, StringComparison.Ordinal);
    }

    private static void Check(
        KernelRunner runner, TileShape tile, int m, int n, int k, bool transposeA, bool transposeB, bool hasBias, bool accumulate)
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

        int panelCount = (n + tile.Width - 1) / tile.Width;
        DeviceBuffer<float> panels = runner.Unset(panelCount * (k + 1) * tile.Width);
        int parts = (k + PackPanels.RowsOfAThread) / PackPanels.RowsOfAThread;
        runner.RunGrouped(
            PackPanels.Close(tile.Lanes), new KernelConfig(new Index3D(panelCount * tile.Blocks, parts, 1), new Index3D(1, 1, 1)), runner.Upload(b),
            runner.Upload(hasBias ? bias : []), panels, k, tile.Blocks, tile.Width, tile.Lanes, 0, n, bRowStride, bColumnStride, hasBias ? 1 : 0);
        DeviceBuffer<float> result = runner.Upload(c);
        runner.RunGrouped(
            MatMulPanels.Close(tile), new KernelConfig(new Index3D((m + tile.Rows - 1) / tile.Rows, panelCount, 1), new Index3D(1, 1, 1)),
            runner.Upload(a), panels, result, m, n, k, tile.Rows * aRowStride, aRowStride, aColumnStride, cStride, accumulate ? 1 : 0);

        ElementwiseAssert.Close(
            expected, KernelRunner.Read(result), allowed, $"{tile} [{m}, {n}, {k}] {transposeA} {transposeB} {hasBias} {accumulate}", m, cStride);
    }
}
