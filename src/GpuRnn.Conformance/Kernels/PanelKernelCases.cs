using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels that pack a right factor into panels and multiply by it, around the tile.</summary>
internal static class PanelKernelCases
{
    public static IEnumerable<KernelCase> All() => [.. Packing(), .. TileTable.Products.SelectMany(Products)];

    private static IEnumerable<KernelCase> Packing()
    {
        return from lanes in new[] { 4, 8, 16 }
               from size in new[] { (N: 0, K: 3), (N: 1, K: 0), (N: 2, K: 1), (N: 47, K: 7), (N: 48, K: 16), (N: 49, K: 131) }
               from hasBias in new[] { 0, 1 }
               from isTransposed in new[] { false, true }
               from isOfGates in new[] { false, true }
               where !isOfGates || size.K > 0
               let layout = isOfGates
                   ? PanelLayout.OfGates(new TileShape(4, 4, lanes), size.N)
                   : PanelLayout.OfProduct(new TileShape(8, 3, lanes), size.N, size.K)
               select new KernelCase(
                   PackPanels.Close(lanes),
                   $"columns={(isOfGates ? 4 * size.N : size.N)} depth={layout.Depth}{(hasBias == 1 ? " +bias" : "")}{(isTransposed ? " Bt" : "")}{(isOfGates ? " gates" : "")}",
                   trial => Pack(trial, layout, isOfGates ? 4 * size.N : size.N, hasBias, isTransposed));
    }

    private static void Pack(KernelTrial trial, PanelLayout layout, int columns, int hasBias, bool isTransposed)
    {
        (int depthStride, int columnStride) = isTransposed ? (1, layout.Depth) : (columns, 1);
        float[] source = trial.Numbers(layout.Depth * columns);
        float[] bias = trial.Numbers(columns);
        float[] panels = trial.Numbers(layout.Length);
        object[] arguments =
        [
            source, bias, panels, layout.Depth, layout.Blocks, layout.PanelStride, layout.BlockStride, layout.GroupStride, layout.Units, depthStride,
            columnStride, hasBias,
        ];
        if (layout.PanelCount == 0)
        {
            trial.SkipLaunch(arguments);
        }
        else
        {
            int parts = (layout.Depth + PackPanels.RowsOfAThread) / PackPanels.RowsOfAThread;
            trial.Launch(new KernelConfig(new Index2D(layout.PanelCount * layout.Blocks, parts), new Index2D(1, 1)), arguments);
        }

        trial.Expect("panels", panels, i =>
        {
            (int row, int? column) = layout.At(i);
            return column is not int c || (row == 0 && hasBias == 0) ? Bounded.Zero
                : row == 0 ? trial.Before(bias, c)
                : trial.Before(source, ((row - 1) * depthStride) + (c * columnStride));
        });
    }

    private static IEnumerable<KernelCase> Products(TileShape tile) =>
        from size in new[]
        {
            (M: 0, N: 3, K: 2), (M: 3, N: 0, K: 2), (M: 2, N: 3, K: 0), (M: 1, N: 1, K: 1), (M: tile.Rows - 1, N: tile.Width + 1, K: 13),
            (M: tile.Rows + 1, N: tile.Width - 1, K: 17), (M: tile.Rows, N: tile.Width, K: 16), (M: 53, N: 131, K: 67),
        }
        from accumulate in new[] { 0, 1 }
        from isTransposed in new[] { false, true }
        select new KernelCase(
            MatMulPanels.Close(tile),
            $"M={size.M} N={size.N} K={size.K}{(isTransposed ? " At" : "")}{(accumulate == 1 ? " +C" : "")}",
            trial => Multiply(trial, tile, size.M, size.N, size.K, accumulate, isTransposed));

    private static void Multiply(KernelTrial trial, TileShape tile, int m, int n, int k, int accumulate, bool isTransposed)
    {
        PanelLayout layout = PanelLayout.OfProduct(tile, n, k);
        int stride = n + 1;
        (int aRow, int aColumn) = isTransposed ? (1, m) : (k, 1);
        float[] a = trial.Numbers(m * k);
        float[] b = trial.Numbers(k * n);
        float[] bias = trial.Numbers(n);
        float[] c = trial.Numbers(m * stride);
        float[] panels = layout.Pack((term, column) => b[(term * n) + column], column => bias[column]);
        object[] arguments = [a, panels, c, m, n, k, tile.Rows * aRow, aRow, aColumn, stride, accumulate];
        if (m == 0 || n == 0)
        {
            trial.SkipLaunch(arguments);
        }
        else
        {
            trial.Launch(new KernelConfig(new Index2D((m + tile.Rows - 1) / tile.Rows, layout.PanelCount), new Index2D(1, 1)), arguments);
        }

        trial.Expect("C", c, i =>
        {
            (int row, int column) = (i / stride, i % stride);
            if (column >= n)
            {
                return trial.Before(c, i);
            }

            Bounded sum = Bounded.Constant(bias[column]);
            for (int term = 0; term < k; term++)
            {
                sum = Bounded.MultiplyAdd(trial.Before(a, (row * aRow) + (term * aColumn)), Bounded.Constant(b[(term * n) + column]), sum);
            }

            return accumulate == 1 ? sum + trial.Before(c, i) : sum;
        });
    }
}
