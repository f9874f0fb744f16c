using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of the matrix product, around their tile, in every layout.</summary>
internal static class ProductKernelCases
{
    private const int Tile = MatMulTiled.TileSize;
    private static readonly int[] s_options = [2, 2, 2, 2];

    // Many tiles: plain C# takes half a second for each, so a usual run has one.
    private static readonly (int M, int N, int K) s_large = (53, 67, 130);

    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (0, 3, 2), (3, 0, 2), (2, 3, 0), (1, 1, 1), (7, 11, 13), (Tile - 1, Tile + 1, Tile), (Tile + 1, Tile, Tile - 1), (Tile, Tile - 1, Tile + 1), s_large,
    ];

    public static IEnumerable<KernelCase> All(bool isFull) =>
    [
        .. Cases(isFull, typeof(MatMulNaive), (trial, product, a, b, c, bias) =>
            trial.Launch((Index1D)(product.M * product.N), a, b, c, bias, product.N, product.K, product.ARow, product.AColumn, product.BRow, product.BColumn, product.CRow, product.Accumulate, product.HasBias)),
        .. Cases(isFull, typeof(MatMulTiled), LaunchTiled),
    ];

    private static IEnumerable<KernelCase> Cases(bool isFull, Type owner, Action<KernelTrial, Product, float[], float[], float[], float[]> launch) =>
        from size in s_sizes
        from row in isFull ? PairwiseCover.All(s_options) : PairwiseCover.Create(s_options).Take(size == s_large ? 1 : int.MaxValue)
        let product = new Product(size.M, size.N, size.K, row[0] == 1, row[1] == 1, row[2], row[3])
        select new KernelCase(KernelCase.Find(owner, "Forward"), product.ToString(), trial => Check(trial, product, launch));

    private static void LaunchTiled(KernelTrial trial, Product product, float[] a, float[] b, float[] c, float[] bias)
    {
        object[] arguments =
        [
            a, b, c, bias, product.M, product.N, product.K, product.ARow, product.AColumn, product.BRow, product.BColumn, product.CRow,
            product.Accumulate, product.HasBias,
        ];
        if (product.M == 0 || product.N == 0)
        {
            trial.SkipLaunch(arguments);
            return;
        }

        Index2D tiles = new((product.N + Tile - 1) / Tile, (product.M + Tile - 1) / Tile);
        trial.Launch(new KernelConfig(tiles, new Index2D(Tile, Tile)), arguments);
    }

    private static void Check(KernelTrial trial, Product product, Action<KernelTrial, Product, float[], float[], float[], float[]> launch)
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

        launch(trial, product, a, b, c, bias);
        trial.Expect("C", c, i =>
        {
            (int row, int column) = (i / product.CRow, i % product.CRow);
            if (column >= product.N)
            {
                return trial.Before(c, i);
            }

            Bounded sum = Bounded.Zero;
            for (int k = 0; k < product.K; k++)
            {
                sum = Bounded.MultiplyAdd(
                    trial.Before(a, (row * product.ARow) + (k * product.AColumn)), trial.Before(b, (k * product.BRow) + (column * product.BColumn)), sum);
            }

            sum = product.Accumulate == 1 ? sum + trial.Before(c, i) : sum;
            return product.HasBias == 1 ? sum + trial.Before(bias, column) : sum;
        });
    }
}
