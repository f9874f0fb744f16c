using GpuRnn.KernelModel;
using GpuRnn.Kernels.Reductions;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels that add: blocks of elements, blocks of rows, and rows of a softmax.</summary>
internal static class ReductionKernelCases
{
    private const int Block = Sum.MostTerms;
    private const int RowBlock = ColumnSums.BlockSize;
    private static readonly int[] s_lengths = [0, 1, 997, Block - 1, Block, Block + 1, (5 * Block) + 13, (64 * Block) + 1];
    private static readonly (int Rows, int Width)[] s_shapes = [(0, 3), (1, 1), (RowBlock - 1, 5), (RowBlock, 7), (RowBlock + 1, 17), (211, 33)];

    public static IEnumerable<KernelCase> All() =>
    [
        .. Partial(nameof(Sum.Partial), value => value, (sum, value) => sum + value),
        .. Partial(nameof(Sum.PartialOfSquares), value => value, (sum, value) => Bounded.MultiplyAdd(value, value, sum)),
        .. Finish(),
        .. ColumnPartial(),
        .. ColumnFinish(),
        .. RowKernelCases.EachShape(typeof(RowSoftmax), nameof(RowSoftmax.Forward), SoftmaxForward),
        .. RowKernelCases.EachShape(typeof(RowSoftmax), nameof(RowSoftmax.Backward), SoftmaxBackward),
        .. RowKernelCases.EachShape(typeof(RowLogSoftmax), nameof(RowLogSoftmax.Forward), LogSoftmaxForward),
        .. RowKernelCases.EachShape(typeof(RowLogSoftmax), nameof(RowLogSoftmax.Backward), LogSoftmaxBackward),
    ];

    /// <summary>The softmax of a row, as every kernel computes it.</summary>
    internal static (Bounded Largest, Bounded Sum) Exponentials(Func<int, Bounded> row, int width)
    {
        Bounded largest = Bounded.Exactly(double.NegativeInfinity);
        for (int i = 0; i < width; i++)
        {
            largest = Bounded.Max(largest, row(i));
        }

        Bounded sum = Bounded.Zero;
        for (int i = 0; i < width; i++)
        {
            sum += Bounded.Exp(row(i) - largest);
        }

        return (largest, sum);
    }

    private static IEnumerable<KernelCase> Partial(string name, Func<Bounded, Bounded> read, Func<Bounded, Bounded, Bounded> add) =>
        s_lengths.Select(n => new KernelCase(KernelCase.Find(typeof(Sum), name), $"n={n}", trial =>
        {
            float[] source = trial.Numbers(n);
            float[] partials = trial.Numbers(Sum.PartialCount(n));
            trial.Launch((Index1D)partials.Length, source, partials, n);
            trial.Expect("partials", partials, partial =>
            {
                Bounded sum = Bounded.Zero;
                for (int i = partial; i < n; i += partials.Length)
                {
                    sum = add(sum, read(trial.Before(source, i)));
                }

                return sum;
            });
        }));

    private static IEnumerable<KernelCase> Finish() =>
        from count in new[] { 0, 1, 97 }
        from accumulate in new[] { 0, 1 }
        select new KernelCase(KernelCase.Find(typeof(Sum), nameof(Sum.Finish)), $"count={count} accumulate={accumulate}", trial =>
        {
            float[] partials = trial.Numbers(count);
            float[] result = trial.Numbers(1);
            trial.Launch((Index1D)1, partials, result, count, accumulate);
            trial.Expect("result", result, _ =>
            {
                Bounded start = accumulate == 1 ? trial.Before(result, 0) : Bounded.Zero;
                return Enumerable.Range(0, count).Aggregate(start, (sum, i) => sum + trial.Before(partials, i));
            });
        });

    private static IEnumerable<KernelCase> ColumnPartial() =>
        s_shapes.Select(shape => new KernelCase(
            KernelCase.Find(typeof(ColumnSums), nameof(ColumnSums.Partial)), $"rows={shape.Rows} N={shape.Width}", trial =>
            {
                (int rows, int n) = shape;
                int stride = n + 2;
                float[] source = trial.Numbers(rows * stride);
                float[] partials = trial.Numbers(ColumnSums.BlockCount(rows) * n);
                trial.Launch((Index1D)partials.Length, source, partials, rows, n, stride);
                trial.Expect("partials", partials, i =>
                {
                    Bounded sum = Bounded.Zero;
                    for (int row = i / n * RowBlock; row < Math.Min(((i / n) + 1) * RowBlock, rows); row++)
                    {
                        sum += trial.Before(source, (row * stride) + (i % n));
                    }

                    return sum;
                });
            }));

    private static IEnumerable<KernelCase> ColumnFinish() =>
        from blocks in new[] { 0, 1, 13 }
        from n in new[] { 1, 65, 257 }
        from accumulate in new[] { 0, 1 }
        select new KernelCase(
            KernelCase.Find(typeof(ColumnSums), nameof(ColumnSums.Finish)), $"blocks={blocks} N={n} accumulate={accumulate}", trial =>
            {
                float[] partials = trial.Numbers(blocks * n);
                float[] result = trial.Numbers(n);
                trial.Launch((Index1D)n, partials, result, blocks, n, accumulate);
                trial.Expect("result", result, i =>
                {
                    Bounded start = accumulate == 1 ? trial.Before(result, i) : Bounded.Zero;
                    return Enumerable.Range(0, blocks).Aggregate(start, (sum, block) => sum + trial.Before(partials, (block * n) + i));
                });
            });

    private static void SoftmaxForward(KernelTrial trial, RowShape shape)
    {
        float[] source = trial.Numbers(shape.Count, 10f);
        float[] result = trial.Numbers(shape.Count);
        trial.Launch((Index1D)shape.Rows, source, result, shape.Width);
        (Bounded Largest, Bounded Sum)[] rows = [.. Enumerable.Range(0, shape.Rows).Select(row =>
            Exponentials(i => trial.Before(source, (row * shape.Width) + i), shape.Width))];
        trial.Expect("result", result, i =>
        {
            (Bounded largest, Bounded sum) = rows[i / shape.Width];
            return Bounded.Exp(trial.Before(source, i) - largest) / sum;
        });
    }

    private static void SoftmaxBackward(KernelTrial trial, RowShape shape)
    {
        float[] result = trial.Positive(shape.Count, 1f);
        float[] gradient = trial.Numbers(shape.Count);
        float[] sourceGradient = trial.Numbers(shape.Count);
        trial.Launch((Index1D)shape.Rows, result, gradient, sourceGradient, shape.Width);
        Bounded[] dots = [.. Enumerable.Range(0, shape.Rows).Select(row => Enumerable.Range(row * shape.Width, shape.Width)
            .Aggregate(Bounded.Zero, (sum, i) => Bounded.MultiplyAdd(trial.Before(gradient, i), trial.Before(result, i), sum)))];
        trial.Expect("source gradient", sourceGradient, i => trial.Before(result, i) * (trial.Before(gradient, i) - dots[i / shape.Width]));
    }

    private static void LogSoftmaxForward(KernelTrial trial, RowShape shape)
    {
        float[] source = trial.Numbers(shape.Count, 100f);
        float[] result = trial.Numbers(shape.Count);
        trial.Launch((Index1D)shape.Rows, source, result, shape.Width);
        (Bounded Largest, Bounded Sum)[] rows = [.. Enumerable.Range(0, shape.Rows).Select(row =>
            Exponentials(i => trial.Before(source, (row * shape.Width) + i), shape.Width))];
        trial.Expect("result", result, i =>
        {
            (Bounded largest, Bounded sum) = rows[i / shape.Width];
            return trial.Before(source, i) - largest - Bounded.Log(sum);
        });
    }

    private static void LogSoftmaxBackward(KernelTrial trial, RowShape shape)
    {
        float[] result = Array.ConvertAll(trial.Positive(shape.Count, 20f), value => -value);
        float[] gradient = trial.Numbers(shape.Count);
        float[] sourceGradient = trial.Numbers(shape.Count);
        trial.Launch((Index1D)shape.Rows, result, gradient, sourceGradient, shape.Width);
        Bounded[] sums = [.. Enumerable.Range(0, shape.Rows).Select(row => Enumerable.Range(row * shape.Width, shape.Width)
            .Aggregate(Bounded.Zero, (sum, i) => sum + trial.Before(gradient, i)))];
        trial.Expect("source gradient", sourceGradient, i =>
            trial.Before(gradient, i) - (Bounded.Exp(trial.Before(result, i)) * sums[i / shape.Width]));
    }
}
