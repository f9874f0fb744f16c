using GpuRnn.Devices;
using GpuRnn.Scheduling;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Which time steps of each row of a [T, B, …] tensor are there.</summary>
/// <remarks>
/// Any steps may be absent: those behind a row's end, those in front of its beginning, some in the middle, or all. A recurrent layer carries
/// its state over absent steps. Immutable; use one object for all layers of a pass, as what layers derive from it is then computed once.
/// </remarks>
public sealed class SequenceMask
{
    private readonly int[] _lengths;
    private readonly bool[]? _flags;
    private SequencePacking? _packing;

    private SequenceMask(int timeSteps, int[] lengths, bool[]? flags)
    {
        TimeSteps = timeSteps;
        _lengths = lengths;
        _flags = flags;
    }

    /// <summary>T.</summary>
    public int TimeSteps { get; }

    /// <summary>B.</summary>
    public int BatchSize => _lengths.Length;

    /// <summary>Steps of each row that are there, 0 to T, wherever they stand.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>True when each row begins at step 0 and has no gap, so that <see cref="Lengths"/> says everything.</summary>
    public bool IsRightPadded => _flags is null;

    /// <summary>Steps that are there, of all rows together.</summary>
    public int PresentCount => _lengths.Sum();

    /// <summary>Where the present steps lie when padding is taken out.</summary>
    internal SequencePacking Packing => _packing ??= _flags is null
        ? SequencePacking.Create(TimeSteps, BatchSize, _lengths)
        : SequencePacking.FromFlags(TimeSteps, BatchSize, _flags);

    /// <summary>Rows that begin at step 0 and end early: padding on the right.</summary>
    /// <param name="timeSteps">T.</param>
    /// <param name="lengths">Steps of each row, 0 to T, in any order; copied.</param>
    /// <exception cref="ArgumentException">T is negative, or a length is outside 0 to T.</exception>
    public static SequenceMask FromLengths(int timeSteps, params int[] lengths)
    {
        RequireLengths(timeSteps, lengths);
        return new SequenceMask(timeSteps, [.. lengths], flags: null);
    }

    /// <summary>Rows that begin late and end at step T − 1: padding on the left.</summary>
    /// <param name="timeSteps">T.</param>
    /// <param name="lengths">Steps of each row, 0 to T, in any order.</param>
    /// <exception cref="ArgumentException">T is negative, or a length is outside 0 to T.</exception>
    public static SequenceMask LeftPadded(int timeSteps, params int[] lengths)
    {
        RequireLengths(timeSteps, lengths);
        bool[] flags = new bool[timeSteps * lengths.Length];
        for (int row = 0; row < lengths.Length; row++)
        {
            for (int step = timeSteps - lengths[row]; step < timeSteps; step++)
            {
                flags[(step * lengths.Length) + row] = true;
            }
        }

        return FromFlags(timeSteps, lengths.Length, flags);
    }

    /// <summary>Rows of which any steps may be absent.</summary>
    /// <param name="timeSteps">T.</param>
    /// <param name="batchSize">B.</param>
    /// <param name="isPresent">[T, B]: true where the step of the row is there; copied.</param>
    /// <exception cref="ArgumentException">T or B is negative, or there are not T·B flags.</exception>
    public static SequenceMask FromFlags(int timeSteps, int batchSize, ReadOnlySpan<bool> isPresent)
    {
        ArgumentCheck.AtLeast(timeSteps, 0, nameof(SequenceMask), nameof(timeSteps), "the number of time steps");
        ArgumentCheck.AtLeast(batchSize, 0, nameof(SequenceMask), nameof(batchSize), "the number of rows");
        if (isPresent.Length != (long)timeSteps * batchSize)
        {
            throw new ArgumentException(
                $"SequenceMask.FromFlags: {isPresent.Length} flags arrived, but T={timeSteps} and B={batchSize} need "
                + $"{(long)timeSteps * batchSize}. Pass one flag for each step of each row.",
                nameof(isPresent));
        }

        int[] lengths = new int[batchSize];
        bool hasNoGap = true;
        for (int i = 0; i < isPresent.Length; i++)
        {
            if (isPresent[i])
            {
                hasNoGap &= lengths[i % batchSize] == i / batchSize;
                lengths[i % batchSize]++;
            }
        }

        return new SequenceMask(timeSteps, lengths, hasNoGap ? null : isPresent.ToArray());
    }

    /// <summary>True when the step of the row is there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is outside 0 to T − 1, or the row outside 0 to B − 1.</exception>
    public bool IsPresent(int step, int row)
    {
        if ((uint)step >= (uint)TimeSteps)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), $"SequenceMask.IsPresent: step {step} was asked for, but the mask has T={TimeSteps}. Ask for 0 to T − 1.");
        }

        RequireRow(row, "SequenceMask.IsPresent");
        return _flags is null ? step < _lengths[row] : _flags[(step * BatchSize) + row];
    }

    /// <summary>The first step of the row that is there; −1 where it has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is outside 0 to B − 1.</exception>
    public int FirstStep(int row)
    {
        RequireRow(row, "SequenceMask.FirstStep");
        int step = 0;
        while (step < TimeSteps && !IsPresent(step, row))
        {
            step++;
        }

        return step < TimeSteps ? step : -1;
    }

    /// <summary>The last step of the row that is there; −1 where it has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is outside 0 to B − 1.</exception>
    public int LastStep(int row)
    {
        RequireRow(row, "SequenceMask.LastStep");
        int step = _flags is null ? _lengths[row] - 1 : TimeSteps - 1;
        while (step >= 0 && !IsPresent(step, row))
        {
            step--;
        }

        return step;
    }

    /// <summary>The mask of consecutive steps of the same rows.</summary>
    /// <param name="start">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The steps do not lie within 0 to T − 1.</exception>
    public SequenceMask Slice(int start, int count)
    {
        if (start < 0 || count < 0 || (long)start + count > TimeSteps)
        {
            throw new ArgumentOutOfRangeException(
                nameof(start),
                $"SequenceMask.Slice: steps {start} to {(long)start + count - 1} were asked for, but the mask has steps 0 to {TimeSteps - 1}. "
                + "Ask for steps that exist.");
        }

        return _flags is null
            ? new SequenceMask(count, [.. _lengths.Select(length => Math.Clamp(length - start, 0, count))], flags: null)
            : FromFlags(count, BatchSize, _flags.AsSpan(start * BatchSize, count * BatchSize));
    }

    /// <summary>1 where a step is there and 0 where it is not, for losses: one number for each row of a [T, B, …, F] tensor.</summary>
    /// <param name="between">The axes between B and the last one; each of their rows has the weight of its step.</param>
    public float[] ToWeights(params ReadOnlySpan<int> between)
    {
        int copies = ShapeCheck.Length(between, "SequenceMask.ToWeights");
        float[] weights = new float[TimeSteps * BatchSize * copies];
        for (int step = 0, first = 0; step < TimeSteps; step++)
        {
            for (int row = 0; row < BatchSize; row++, first += copies)
            {
                weights.AsSpan(first, copies).Fill(IsPresent(step, row) ? 1.0f : 0.0f);
            }
        }

        return weights;
    }

    /// <summary>Refuses a tensor whose first two axes are not those of the mask.</summary>
    /// <exception cref="ShapeException">They differ.</exception>
    internal void Require(Tensor input, string where)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank < 2 || input.Shape[0] != TimeSteps || input.Shape[1] != BatchSize)
        {
            throw new ShapeException(
                $"{where}: input is {Tensor.Describe(input.Shape)}, but the mask is for [T={TimeSteps}, B={BatchSize}, …]. "
                + "Pass the mask of the same batch.");
        }
    }

    /// <summary>Refuses a mask of which a row begins late or has gaps.</summary>
    /// <param name="where">Begins the error.</param>
    /// <param name="what">What cannot take such a row, with its verb: "labels without places need".</param>
    /// <exception cref="ArgumentException">A row does.</exception>
    internal void RequireRightPadded(string where, string what)
    {
        for (int row = 0; _flags is not null && row < BatchSize; row++)
        {
            if (LastStep(row) != _lengths[row] - 1)
            {
                throw new ArgumentException(
                    $"{where}: row {row} of the mask has {_lengths[row]} of T={TimeSteps} steps from step {FirstStep(row)} to {LastStep(row)}, but {what} rows that begin at step 0 "
                    + "and have no gaps. Pad on the right.",
                    "mask");
            }
        }
    }

    private void RequireRow(int row, string where)
    {
        if ((uint)row >= (uint)BatchSize)
        {
            throw new ArgumentOutOfRangeException(nameof(row), $"{where}: row {row} was asked for, but the mask has B={BatchSize}. Ask for 0 to B − 1.");
        }
    }

    private static void RequireLengths(int timeSteps, int[] lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentCheck.AtLeast(timeSteps, 0, nameof(SequenceMask), nameof(timeSteps), "the number of time steps");
        for (int row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 0 || lengths[row] > timeSteps)
            {
                throw new ArgumentException(
                    $"SequenceMask: the length of row {row} is {lengths[row]}, but must lie in 0 to T = {timeSteps}. "
                    + "Pass the number of steps of each row.",
                    nameof(lengths));
            }
        }
    }
}
