using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels that move and combine rows, with rows that lie further apart than they are wide.</summary>
internal static class RowKernelCases
{
    private const int SourceGap = 3;
    private const int TargetGap = 2;
    private const int ExtraRows = 4;

    public static IEnumerable<KernelCase> All() =>
    [
        .. EachShape(typeof(AddBias), nameof(AddBias.Forward), (trial, shape) =>
        {
            float[] target = trial.Numbers(shape.Rows * shape.TargetStride);
            float[] bias = trial.Numbers(shape.Width);
            trial.Launch((Index1D)shape.Count, target, bias, shape.Width, shape.TargetStride);
            trial.ExpectRows("target", target, shape, (row, column) => shape.Target(trial, target, row, column) + trial.Before(bias, column));
        }),
        .. Linear(typeof(CopyRows), nameof(CopyRows.Forward), isSum: false),
        .. Linear(typeof(CopyRows), nameof(CopyRows.Accumulate), isSum: true),
        .. Planar(nameof(SequenceRows.Copy), isSum: false),
        .. Planar(nameof(SequenceRows.Add), isSum: true),
        .. EachShape(typeof(SequenceRows), nameof(SequenceRows.Fill), (trial, shape) =>
        {
            float[] target = trial.Numbers(shape.Rows * shape.TargetStride);
            trial.Launch(shape.Extent, target, shape.TargetStride, 0.3f);
            trial.ExpectRows("target", target, shape, (_, _) => Bounded.Constant(0.3f));
        }),
        .. EachShape(typeof(SequenceRows), nameof(SequenceRows.Multiply), (trial, shape) =>
        {
            float[] source = trial.Numbers(shape.Rows * shape.SourceStride);
            float[] factors = trial.Numbers(shape.Rows * shape.Width);
            float[] target = trial.Numbers(shape.Rows * shape.TargetStride);
            trial.Launch(shape.Extent, source, factors, target, shape.SourceStride, shape.Width, shape.TargetStride);
            trial.ExpectRows("target", target, shape, (row, column) =>
                shape.Source(trial, source, row, column) * trial.Before(factors, (row * shape.Width) + column));
        }),
        .. EachShape(typeof(GatherRows), nameof(GatherRows.Forward), (trial, shape) =>
        {
            float[] source = trial.Numbers((shape.Rows + ExtraRows) * shape.SourceStride);
            int[] rows = [.. Enumerable.Range(0, shape.Rows).Select(row => row % 5 == 4 ? -1 : (row * 7) % (shape.Rows + ExtraRows))];
            float[] target = trial.Numbers(shape.Rows * shape.TargetStride);
            trial.Launch((Index1D)shape.Count, source, rows, target, shape.Width, shape.SourceStride, shape.TargetStride);
            trial.ExpectRows("target", target, shape, (row, column) =>
                rows[row] < 0 ? Bounded.Zero : shape.Source(trial, source, rows[row], column));
        }),
        .. EachShape(typeof(SequenceRows), nameof(SequenceRows.Gather), (trial, shape) =>
        {
            float[] source = trial.Numbers((shape.Rows + ExtraRows) * shape.SourceStride);
            int[] rows = [.. Enumerable.Range(0, shape.Rows).Select(row => (row * 7) % (shape.Rows + ExtraRows))];
            float[] target = trial.Numbers(shape.Rows * shape.TargetStride);
            trial.Launch(shape.Extent, source, rows, target, shape.SourceStride, shape.TargetStride);
            trial.ExpectRows("target", target, shape, (row, column) => shape.Source(trial, source, rows[row], column));
        }),
        .. EachShape(typeof(ScatterRows), nameof(ScatterRows.Forward), (trial, shape) =>
        {
            int[] rows = [.. Enumerable.Range(0, shape.Rows).Select(row => row % 5 == 4 ? -1 : shape.Rows + ExtraRows - 1 - row)];
            Scatter(trial, shape, rows, (source, target) => trial.Launch(
                (Index1D)shape.Count, source, rows, target, shape.Width, shape.SourceStride, shape.TargetStride));
        }),
        .. EachShape(typeof(SequenceRows), nameof(SequenceRows.Scatter), (trial, shape) =>
        {
            int[] rows = [.. Enumerable.Range(0, shape.Rows).Select(row => shape.Rows + ExtraRows - 1 - row)];
            Scatter(trial, shape, rows, (source, target) => trial.Launch(
                shape.Extent, source, rows, target, shape.SourceStride, shape.TargetStride));
        }),
        .. EachShape(typeof(ScatterRows), nameof(ScatterRows.Accumulate), Accumulate),
    ];

    internal static IEnumerable<KernelCase> EachShape(Type owner, string name, Action<KernelTrial, RowShape> body) =>
        KernelCases.Shapes.Select(shape => new KernelCase(
            KernelCase.Find(owner, name),
            $"rows={shape.Rows} width={shape.Width}",
            trial => body(trial, new RowShape(shape.Rows, shape.Width, shape.Width + SourceGap, shape.Width + TargetGap))));

    private static IEnumerable<KernelCase> Linear(Type owner, string name, bool isSum) => EachShape(owner, name, (trial, shape) =>
        Move(trial, shape, isSum, (source, target) => trial.Launch(
            (Index1D)shape.Count, source, target, shape.Width, shape.SourceStride, shape.TargetStride)));

    private static IEnumerable<KernelCase> Planar(string name, bool isSum) => EachShape(typeof(SequenceRows), name, (trial, shape) =>
        Move(trial, shape, isSum, (source, target) => trial.Launch(shape.Extent, source, target, shape.SourceStride, shape.TargetStride)));

    private static void Move(KernelTrial trial, RowShape shape, bool isSum, Action<float[], float[]> launch)
    {
        float[] source = trial.Numbers(shape.Rows * shape.SourceStride);
        float[] target = trial.Numbers(shape.Rows * shape.TargetStride);
        launch(source, target);
        trial.ExpectRows("target", target, shape, (row, column) => isSum
            ? shape.Target(trial, target, row, column) + shape.Source(trial, source, row, column)
            : shape.Source(trial, source, row, column));
    }

    private static void Scatter(KernelTrial trial, RowShape shape, int[] rows, Action<float[], float[]> launch)
    {
        float[] source = trial.Numbers(shape.Rows * shape.SourceStride);
        float[] target = trial.Numbers((shape.Rows + ExtraRows) * shape.TargetStride);
        launch(source, target);
        trial.ExpectRows("target", target, shape, (row, column) =>
        {
            int from = Array.IndexOf(rows, row);
            return from < 0 ? shape.Target(trial, target, row, column) : shape.Source(trial, source, from, column);
        });
    }

    private static void Accumulate(KernelTrial trial, RowShape shape)
    {
        // Every fifth row belongs to no group; the others to the groups in turn, whose targets stand in falling order.
        float[] source = trial.Numbers(shape.Rows * shape.SourceStride);
        int groups = Math.Min(ExtraRows, shape.Rows);
        int[][] members = [.. Enumerable.Range(0, groups).Select(group =>
            Enumerable.Range(0, shape.Rows).Where(row => row % 5 != 4 && row % groups == group).ToArray())];
        int[] order = [.. members.SelectMany(member => member)];
        int[] starts = [.. Enumerable.Range(0, groups + 1).Select(group => members.Take(group).Sum(member => member.Length))];
        int[] rows = [.. Enumerable.Range(0, groups).Select(group => ExtraRows - 1 - group)];
        float[] target = trial.Numbers(ExtraRows * shape.TargetStride);
        trial.Launch(
            (Index1D)(groups * shape.Width), source, order, starts, rows, target, shape.Width, shape.SourceStride, shape.TargetStride);
        trial.ExpectRows("target", target, shape, (row, column) =>
        {
            Bounded sum = shape.Target(trial, target, row, column);
            int group = ExtraRows - 1 - row;
            return group >= groups ? sum : members[group].Aggregate(sum, (total, from) => total + shape.Source(trial, source, from, column));
        });
    }
}
