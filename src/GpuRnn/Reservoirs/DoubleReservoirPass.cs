namespace GpuRnn.Reservoirs;

/// <summary>The step as plain loops in double precision over the nonzero weights: the reference, and the time loop of <see cref="StatePrecision.Double"/>.</summary>
/// <param name="step">What to run.</param>
internal sealed class DoubleReservoirPass(ReservoirStep step) : IReservoirPass
{
    /// <inheritdoc/>
    public ReservoirStep Step => step;

    /// <inheritdoc/>
    /// <remarks>1 MiB of doubles, which a core's second-level cache holds until they have been looked at.</remarks>
    public int PieceElements => 1 << 17;

    /// <inheritdoc/>
    public void Run(double[] drive, int timeSteps, int[] lengths, double[] state, double[] states)
    {
        int batchSize = lengths.Length;
        double leak = step.LeakRate;
        for (int row = 0; row < batchSize; row++)
        {
            Span<double> previous = state.AsSpan(row * step.Size, step.Size);
            for (int t = 0; t < lengths[row]; t++)
            {
                int position = (t * batchSize) + row;
                ReadOnlySpan<double> d = drive.AsSpan(position * step.DriveWidth, step.DriveWidth);
                Span<double> next = states.AsSpan(position * step.Size, step.Size);
                for (int unit = 0; unit < next.Length; unit++)
                {
                    double sum = step.Bias[unit] + step.Drive.RowTimes(unit, d) + step.Recurrent.RowTimes(unit, previous);
                    next[unit] = ((1.0 - leak) * previous[unit]) + (leak * Math.Tanh(sum));
                }

                previous = next;
            }

            previous.CopyTo(state.AsSpan(row * step.Size));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
