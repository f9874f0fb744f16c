using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Data;

/// <summary>Examples cut from a series: windows of scaled values, and the scaled values that follow each.</summary>
public sealed class SeriesWindows
{
    private SeriesWindows(float[] inputs, float[] targets, int count, int window, int columns, int targetSize)
    {
        (Inputs, Targets, Count, Window, ColumnCount, TargetSize) = (inputs, targets, count, window, columns, targetSize);
    }

    /// <summary>[Count, Window, ColumnCount].</summary>
    public float[] Inputs { get; }

    /// <summary>[Count, TargetSize]: the horizon's steps one after the other, in each the target columns.</summary>
    public float[] Targets { get; }

    /// <summary>Examples.</summary>
    public int Count { get; }

    /// <summary>Time steps of an example's inputs.</summary>
    public int Window { get; }

    /// <summary>Values a time step.</summary>
    public int ColumnCount { get; }

    /// <summary>Values to predict for an example: horizon · target columns.</summary>
    public int TargetSize { get; }

    /// <summary>Cuts one example for each first target from <paramref name="start"/> on, in steps of the stride.</summary>
    /// <param name="values">[N, columns] in the unit of the data, oldest first.</param>
    /// <param name="scaler">Fitted on the training part; says how many columns there are.</param>
    /// <param name="options">Window, horizon, stride and what to predict.</param>
    /// <param name="start">The first time step that is a target, at least the window; what stands before it is seen, never predicted.</param>
    /// <param name="end">One past the last time step that may be a target.</param>
    /// <exception cref="ArgumentException">Start and end do not fit the series, or no example fits between them.</exception>
    public static SeriesWindows Cut(ReadOnlySpan<double> values, SeriesScaler scaler, SeriesWindowOptions options, int start, int end)
    {
        ArgumentNullException.ThrowIfNull(scaler);
        ArgumentNullException.ThrowIfNull(options);
        int columns = scaler.ColumnCount;
        int[] chosen = [.. options.TargetColumns ?? [.. Enumerable.Range(0, columns)]];
        Require(values.Length, columns, chosen, options, start, end);
        int count = ((end - start - options.Horizon) / options.Stride) + 1;
        int targetSize = options.Horizon * chosen.Length;
        float[] inputs = new float[count * options.Window * columns];
        float[] targets = new float[count * targetSize];
        for (int example = 0; example < count; example++)
        {
            int first = start + (example * options.Stride);
            for (int i = 0; i < options.Window * columns; i++)
            {
                inputs[(example * options.Window * columns) + i] =
                    (float)scaler.Forward(values[((first - options.Window) * columns) + i], i % columns);
            }

            for (int i = 0; i < targetSize; i++)
            {
                int column = chosen[i % chosen.Length];
                double target = scaler.Forward(values[((first + (i / chosen.Length)) * columns) + column], column);
                double last = options.PredictsChange ? scaler.Forward(values[((first - 1) * columns) + column], column) : 0.0;
                targets[(example * targetSize) + i] = (float)(target - last);
            }
        }

        return new SeriesWindows(inputs, targets, count, options.Window, columns, targetSize);
    }

    /// <summary>Serves the examples in batches of [T, B, I].</summary>
    /// <param name="batchSize">Examples a batch.</param>
    /// <param name="shuffle">False keeps the order of time, as for validation.</param>
    public IBatchSource ToBatches(int batchSize, bool shuffle = true)
    {
        return ArrayBatchSource.ForValues(Inputs, Window, ColumnCount, Targets, TargetSize, batchSize, shuffle);
    }

    private static void Require(int length, int columns, int[] chosen, SeriesWindowOptions options, int start, int end)
    {
        ArgumentCheck.AtLeast(options.Window, 1, nameof(SeriesWindows), nameof(options.Window), "the past steps an example sees");
        ArgumentCheck.AtLeast(options.Horizon, 1, nameof(SeriesWindows), nameof(options.Horizon), "the steps to predict");
        ArgumentCheck.AtLeast(options.Stride, 1, nameof(SeriesWindows), nameof(options.Stride), "the steps from one example to the next");
        if (chosen.Length == 0 || Array.Exists(chosen, column => (uint)column >= (uint)columns))
        {
            throw new ArgumentException(
                $"SeriesWindows.Cut: target columns {string.Join(", ", chosen)} were asked for, but the series has the columns 0 to {columns - 1}. "
                + "Pass at least one of them.",
                nameof(options));
        }

        if (length % columns != 0 || start < options.Window || end > length / columns || end - start < options.Horizon)
        {
            throw new ArgumentException(
                $"SeriesWindows.Cut: targets from step {start} to {end} of {length / columns} were asked for, but a window of {options.Window} and a "
                + $"horizon of {options.Horizon} need a start from {options.Window} and an end up to {length / columns}, at least {options.Horizon} apart. "
                + "Give a longer series, or a shorter window.",
                nameof(start));
        }
    }
}
