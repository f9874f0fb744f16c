using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Kernels.Tests.Linear;

public sealed class MatMulTests
{
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
    public void Naive_EveryTransposeBiasAndAccumulate_MatchesTheReference(int m, int n, int k)
    {
        using KernelRunner runner = new();
        for (int options = 0; options < 16; options++)
        {
            Check(runner, new MatMulCase(m, n, k, options), isTiled: false);
        }
    }

    // Some work-items are operating-system threads here, so only a few groups are run.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 0)]
    [InlineData(15, 16, 17)]
    [InlineData(17, 15, 16)]
    public void Tiled_TransposeBiasAndAccumulate_MatchesTheReference(int m, int n, int k)
    {
        using KernelRunner runner = new();
        foreach (int options in (int[])[0b0110, 0b1001])
        {
            Check(runner, new MatMulCase(m, n, k, options), isTiled: true);
        }
    }

    private static void Check(KernelRunner runner, MatMulCase product, bool isTiled)
    {
        DeviceBuffer<float> result = runner.Upload(product.C);
        object[] operands = [runner.Upload(product.A), runner.Upload(product.B), result, runner.Upload(product.Bias)];
        object[] sizes =
        [
            product.N, product.K, product.ARowStride, product.AColumnStride, product.BRowStride, product.BColumnStride, product.CStride,
            product.Accumulates ? 1 : 0, product.HasBias ? 1 : 0,
        ];
        if (isTiled)
        {
            int tiles = MatMulTiled.TileSize;
            KernelConfig config = new(
                new Index3D((product.N + tiles - 1) / tiles, (product.M + tiles - 1) / tiles, 1), new Index3D(tiles, tiles, 1));
            runner.RunGrouped(typeof(MatMulTiled), "Forward", config, [.. operands, product.M, .. sizes]);
        }
        else
        {
            runner.Run(typeof(MatMulNaive), "Forward", product.M * product.N, [.. operands, .. sizes]);
        }

        product.Check(KernelRunner.Read(result), isTiled ? "tiled" : "naive");
    }
}
