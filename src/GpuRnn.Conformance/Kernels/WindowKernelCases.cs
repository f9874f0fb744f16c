using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Windows;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels over sliding windows.</summary>
internal static class WindowKernelCases
{
    private static readonly WindowShape[] s_shapes =
    [
        new(0, 3, 3, 2, new(2), new(2)),
        new(1, 1, 1, 1, new(1), new(1)),
        new(2, 4, 5, 3, new(3, 1, 1), new(2, 2, 1)),
        new(1, 7, 6, 17, new(2, 2, 1, 3), new(3, 1, 2, 2)),
        new(3, 9, 8, 5, new(3, 2) { PaddingAfter = 1 }, SlidingWindow.Same(4)),
        new(1, 11, 3, 33, SlidingWindow.Causal(3, 2), SlidingWindow.One),
        new(2, 16, 16, 64, new(3, 1, 1), new(3, 1, 1)),
    ];

    public static IEnumerable<KernelCase> All() =>
    [
        .. Forms<F32>(),
        .. Forms<F32Vector<Lanes16>>(),
        .. s_shapes.Select(MaximaCase),
        .. s_shapes.Select(MaximaGradientCase),
    ];

    // A piece is an element of one window or the whole run of a line's windows, as the library has it, and in one shape two elements more than a register.
    private static IEnumerable<KernelCase> Forms<TLane>()
        where TLane : struct, IVectorReal<TLane> =>
    [
        .. s_shapes.Where(shape => shape.Columns.Dilation == 1).Select(shape => PatchesCase<TLane>(shape, shape.Columns.Size)),
        .. s_shapes.Where(shape => shape.Columns.Size > 1).Select(shape => PatchesCase<TLane>(shape, 1)),
        .. s_shapes.Select(MeanCase<TLane>),
        .. s_shapes.Select(SpreadCase<TLane>),
        .. s_shapes.Select(PatchGradientCase<TLane>),
    ];

    private static int Piece<TLane>(WindowShape shape, int width)
        where TLane : struct, IVectorReal<TLane> =>
        shape.Channels == 33 ? Math.Min(width, TLane.Count + 2) : TLane.Count == 1 ? 1 : Math.Max(1, width);

    private static int Places<TLane>(int ofLine)
        where TLane : struct, IVectorReal<TLane> => TLane.Count == 1 ? 1 : ofLine;

    private static int Pieces(int width, int piece) => (width + piece - 1) / piece;

    private static KernelCase PatchesCase<TLane>(WindowShape shape, int runColumns)
        where TLane : struct, IVectorReal<TLane>
    {
        return new KernelCase(KernelCase.Find(typeof(Patches), nameof(Patches.Forward), typeof(TLane)), $"{shape}, runs of {runColumns}", trial =>
        {
            int run = runColumns * shape.Channels;
            int piece = Piece<TLane>(shape, run);
            int places = Places<TLane>(shape.ColumnAxis.TargetCount);
            int width = shape.Taps * shape.Channels;
            float[] source = trial.Numbers(shape.Positions * shape.Channels);
            float[] target = trial.Numbers(shape.Windows * width);
            trial.Launch(
                new Index2D(Pieces(run, piece), shape.Windows / places),
                source, target, shape.RowAxis, shape.ColumnAxis, shape.Channels, runColumns, piece, places);
            Dictionary<(int, int), int> positions = shape.Reads().ToDictionary(read => (read.Window, read.Tap), read => read.Position);
            trial.Expect("target", target, i =>
                positions.TryGetValue((i / width, i % width / shape.Channels), out int position)
                    ? trial.Before(source, (position * shape.Channels) + (i % shape.Channels)) : Bounded.Zero);
        });
    }

    private static KernelCase MeanCase<TLane>(WindowShape shape)
        where TLane : struct, IVectorReal<TLane> =>
        SumCase<TLane>("windows", shape, shape.Windows, shape.Positions, 1, false, shape.RowAxis, shape.ColumnAxis);

    private static KernelCase SpreadCase<TLane>(WindowShape shape)
        where TLane : struct, IVectorReal<TLane> =>
        SumCase<TLane>("back to positions", shape, shape.Positions, shape.Windows, 1, true, shape.RowAxis.Turned, shape.ColumnAxis.Turned);

    private static KernelCase PatchGradientCase<TLane>(WindowShape shape)
        where TLane : struct, IVectorReal<TLane> =>
        SumCase<TLane>("of patches back to positions", shape, shape.Positions, shape.Windows, shape.Taps, true, shape.RowAxis.Turned, shape.ColumnAxis.Turned);

    private static KernelCase SumCase<TLane>(
        string what, WindowShape shape, int targets, int sources, int tapsOfSource, bool isBack, WindowAxis rows, WindowAxis columns)
        where TLane : struct, IVectorReal<TLane>
    {
        return new KernelCase(KernelCase.Find(typeof(WindowSums), nameof(WindowSums.Forward), typeof(TLane)), $"{what}, {shape}", trial =>
        {
            int piece = Piece<TLane>(shape, shape.Channels);
            int places = Places<TLane>(columns.TargetCount);
            float[] source = trial.Numbers(sources * tapsOfSource * shape.Channels);
            float[] target = trial.Numbers(targets * shape.Channels);
            int tapStride = tapsOfSource > 1 ? shape.Channels : 0;
            trial.Launch(
                new Index2D(Pieces(shape.Channels, piece), targets / places),
                source, target, rows, columns, shape.Channels, tapsOfSource * shape.Channels, tapStride, 0.3f, piece, places);
            ILookup<int, (int Source, int Tap)> reads = shape.Reads().ToLookup(
                read => isBack ? read.Position : read.Window, read => (isBack ? read.Window : read.Position, read.Tap));
            trial.Expect("target", target, i =>
            {
                Bounded sum = Bounded.Zero;
                foreach ((int from, int tap) in reads[i / shape.Channels].OrderBy(read => read.Tap))
                {
                    sum += trial.Before(source, (from * tapsOfSource * shape.Channels) + (tap * tapStride) + (i % shape.Channels));
                }

                return Bounded.Constant(0.3f) * sum;
            });
        });
    }

    private static KernelCase MaximaCase(WindowShape shape)
    {
        return new KernelCase(KernelCase.Find(typeof(WindowMaxima), nameof(WindowMaxima.Forward)), $"{shape}", trial =>
        {
            float[] source = WithEquals(trial.Numbers(shape.Positions * shape.Channels));
            float[] result = trial.Numbers(shape.Windows * shape.Channels);
            float[] chosen = trial.Numbers(shape.Windows * shape.Channels);
            trial.Launch(new Index2D(shape.Channels, shape.Windows), views =>
                [views(source), views(result), views(chosen).Cast<int>(), shape.RowAxis, shape.ColumnAxis, shape.Channels]);
            int[] places = Choose(shape, source);
            int image = shape.RowCount * shape.ColumnCount;
            trial.Expect("result", result, i => Bounded.Exactly(
                places[i] < 0 ? double.NegativeInfinity : source[(places[i] * shape.Channels) + (i % shape.Channels)]));
            trial.Expect("chosen", chosen, i => Bounded.Exactly(BitConverter.Int32BitsToSingle(places[i] < 0 ? -1 : places[i] % image)));
        });
    }

    private static KernelCase MaximaGradientCase(WindowShape shape)
    {
        return new KernelCase(KernelCase.Find(typeof(WindowMaxima), nameof(WindowMaxima.Backward)), $"{shape}", trial =>
        {
            float[] source = trial.Numbers(shape.Positions * shape.Channels);
            int[] places = Choose(shape, source);
            int image = shape.RowCount * shape.ColumnCount;
            float[] upstream = trial.Numbers(shape.Windows * shape.Channels);
            float[] gradient = trial.Numbers(shape.Positions * shape.Channels);
            trial.Launch(
                new Index2D(shape.Channels, shape.Positions),
                Array.ConvertAll(places, place => place < 0 ? -1 : place % image), upstream, gradient,
                shape.RowAxis.Turned, shape.ColumnAxis.Turned, shape.Channels);
            ILookup<int, (int Window, int Tap)> readers = shape.Reads().ToLookup(read => read.Position, read => (read.Window, read.Tap));
            trial.Expect("gradient", gradient, i =>
            {
                Bounded sum = Bounded.Zero;
                foreach ((int window, _) in readers[i / shape.Channels].OrderBy(read => read.Tap))
                {
                    int element = (window * shape.Channels) + (i % shape.Channels);
                    sum += places[element] == i / shape.Channels ? trial.Before(upstream, element) : Bounded.Zero;
                }

                return sum;
            });
        });
    }

    // Some neighbours are equal, of which the first must be chosen, and one is no number.
    private static float[] WithEquals(float[] numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i % 7 == 3 ? 1.5f : i % 97 == 90 ? float.NaN : numbers[i];
        }

        return numbers;
    }

    private static int[] Choose(WindowShape shape, float[] source)
    {
        int[] chosen = new int[shape.Windows * shape.Channels];
        Array.Fill(chosen, -1);
        foreach ((int window, _, int position) in shape.Reads())
        {
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                int element = (window * shape.Channels) + channel;
                float value = source[(position * shape.Channels) + channel];
                if (chosen[element] < 0 || float.IsNaN(value) || value > source[(chosen[element] * shape.Channels) + channel])
                {
                    chosen[element] = position;
                }
            }
        }

        return chosen;
    }
}
