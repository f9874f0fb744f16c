using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Which time steps of each row of a [T, B, …] tensor are there.</summary>
public sealed class SequenceMask
{
    private readonly int[] _lengths;

    private SequenceMask(int timeSteps, int[] lengths)
    {
        TimeSteps = timeSteps;
        _lengths = lengths;
    }

    /// <summary>T.</summary>
    public int TimeSteps { get; }

    /// <summary>B.</summary>
    public int BatchSize => _lengths.Length;

    /// <summary>Steps of each row that are there, 0 to T.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>Rows that begin at step 0 and end early: padding on the right.</summary>
    /// <param name="timeSteps">T.</param>
    /// <param name="lengths">Steps of each row, 0 to T, in any order; copied.</param>
    /// <exception cref="ArgumentException">T is negative, or a length is outside 0 to T.</exception>
    public static SequenceMask FromLengths(int timeSteps, params int[] lengths)
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

        return new SequenceMask(timeSteps, [.. lengths]);
    }

    /// <summary>True when the step of the row is there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is outside 0 to T − 1, or the row outside 0 to B − 1.</exception>
    public bool IsPresent(int step, int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, TimeSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, BatchSize);
        return step < _lengths[row];
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
}
