using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Tests.Linear;

/// <summary>The product over panels against the reference, for tiles of several sizes and shapes around them.</summary>
public sealed class MatMulPanelsTests
{
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
            Check(runner, new TileShape(rows, blocks, lanes), new MatMulCase(m, n, k, options));
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

    private static void Check(KernelRunner runner, TileShape tile, MatMulCase product)
    {
        int panelCount = (product.N + tile.Width - 1) / tile.Width;
        DeviceBuffer<float> panels = runner.Unset(panelCount * (product.K + 1) * tile.Width);
        int parts = (product.K + PackPanels.RowsOfAThread) / PackPanels.RowsOfAThread;
        runner.RunGrouped(
            PackPanels.Close(tile.Lanes), new KernelConfig(new Index3D(panelCount * tile.Blocks, parts, 1), new Index3D(1, 1, 1)),
            runner.Upload(product.B), runner.Upload(product.Bias), panels, product.K, tile.Blocks, tile.Width, tile.Lanes, 0, product.N,
            product.BRowStride, product.BColumnStride, product.HasBias ? 1 : 0);
        DeviceBuffer<float> result = runner.Upload(product.C);
        runner.RunGrouped(
            MatMulPanels.Close(tile), new KernelConfig(new Index3D((product.M + tile.Rows - 1) / tile.Rows, panelCount, 1), new Index3D(1, 1, 1)),
            runner.Upload(product.A), panels, result, product.M, product.N, product.K, tile.Rows * product.ARowStride, product.ARowStride,
            product.AColumnStride, product.CStride, product.Accumulates ? 1 : 0);

        product.Check(KernelRunner.Read(result), $"{tile}");
    }
}
