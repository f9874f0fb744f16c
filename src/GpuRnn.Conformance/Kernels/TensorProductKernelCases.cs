using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The product on tensor cores: both kinds of factors, every layout, around the tile, with narrow and wide copies.</summary>
internal static class TensorProductKernelCases
{
    private const int Tile = MatMulTensor.TileSize;
    private static readonly int[] s_options = [2, 2, 2, 2];

    // Plain C# takes a second for each tile, so a usual run has no more than hold every pair of options.
    private static readonly Product[] s_small =
    [
        new(7, 12, 20, true, false, 1, 1),
        new(7, 12, 20, false, true, 1, 1),
        new(0, 3, 2, false, false, 0, 0),
        new(3, 0, 2, true, false, 1, 0),
        new(2, 3, 0, false, true, 1, 1),
        new(1, 1, 1, false, false, 0, 1),
    ];

    private static readonly Product[] s_severalTiles = [new(Tile + 1, Tile - 1, 17, false, false, 1, 0), new(Tile - 1, Tile + 1, 16, true, true, 0, 0)];

    private static readonly Product[] s_wholeTiles = [new(Tile, Tile + 4, 20, false, false, 0, 1)];

    public static IEnumerable<KernelCase> All(bool isFull) => [.. Cases(isFull, typeof(Tf32Factor)), .. Cases(isFull, typeof(BFloat16Factor))];

    private static IEnumerable<KernelCase> Cases(bool isFull, Type factor)
    {
        IEnumerable<Product> every = PairwiseCover.All(s_options).Select(row => new Product(7, 12, 20, row[0] == 1, row[1] == 1, row[2], row[3]));
        MethodInfo kernel = typeof(MatMulTensor).GetMethod(nameof(MatMulTensor.Forward))!.MakeGenericMethod(factor);
        IEnumerable<Product> usual = [.. s_small, .. factor == typeof(Tf32Factor) ? s_severalTiles : s_wholeTiles];
        IEnumerable<Product> all = [.. s_small, .. s_severalTiles, .. s_wholeTiles];
        return (isFull ? all.Union(every) : usual).Select(product => new KernelCase(kernel, product.ToString(), trial => Check(trial, product, RoundingOf(factor))));
    }

    /// <summary>The number nearest to another that a kind of factors has.</summary>
    public static Func<float, float> RoundingOf(Type factor) => factor == typeof(Tf32Factor) ? WarpTf32 : WarpBFloat16;

    private static float WarpTf32(float value) => BitConverter.UInt32BitsToSingle(WarpMatrix.ToTf32(value));

    private static float WarpBFloat16(float value) => BitConverter.UInt32BitsToSingle(WarpMatrix.ToBFloat16Pair(value, 0f) << 16);

    private static void Check(KernelTrial trial, Product product, Func<float, float> round)
    {
        float[] a = trial.Numbers(product.M * product.K);
        float[] b = trial.Numbers(product.K * product.N);
        float[] c = trial.Numbers(product.M * product.CRow);
        float[] bias = trial.Numbers(product.N);
        if (product.Accumulate == 0)
        {
            // What is overwritten must not be read.
            Array.Fill(c, float.NaN);
        }

        trial.Align(a);
        trial.Align(b);
        Launch(trial, product, a, b, c, bias);
        trial.Expect("C", c, i =>
        {
            (int row, int column) = (i / product.CRow, i % product.CRow);
            if (column >= product.N)
            {
                return trial.Before(c, i);
            }

            double sum = 0;
            double magnitude = 0;
            for (int k = 0; k < product.K; k++)
            {
                float left = round((float)trial.Before(a, (row * product.ARow) + (k * product.AColumn)).Value);
                float right = round((float)trial.Before(b, (k * product.BRow) + (column * product.BColumn)).Value);
                sum += (double)left * right;
                magnitude += Math.Abs((double)left * right);
            }

            Bounded result = Bounded.CutSum(sum, magnitude, product.K);
            result = product.Accumulate == 1 ? result + trial.Before(c, i) : result;
            return product.HasBias == 1 ? result + trial.Before(bias, column) : result;
        });
    }

    private static void Launch(KernelTrial trial, Product product, float[] a, float[] b, float[] c, float[] bias)
    {
        object[] arguments =
        [
            a, b, c, bias, product.M, product.N, product.K, product.ARow, product.AColumn, product.BRow, product.BColumn, product.CRow,
            IsWide(product.AColumn, product.ARow), IsWide(product.BColumn, product.BRow), product.Accumulate, product.HasBias,
        ];
        if (product.M == 0 || product.N == 0)
        {
            trial.SkipLaunch(arguments);
            return;
        }

        Index2D tiles = new((product.N + Tile - 1) / Tile, (product.M + Tile - 1) / Tile);
        trial.Launch(new KernelConfig(tiles, new Index2D(MatMulTensor.GroupSize, 1)), arguments);
    }

    private static int IsWide(int columnStride, int rowStride) => columnStride == 1 && rowStride % MatMulTensor.WideCount == 0 ? 1 : 0;
}
