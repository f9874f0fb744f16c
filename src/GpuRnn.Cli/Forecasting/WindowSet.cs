namespace GpuRnn.Cli.Forecasting;

/// <summary>Training examples cut from a series: a window of standardised values and the change from its last value to the next one.</summary>
/// <remarks>
/// The network learns the change, not the value, so that an untrained one already forecasts persistence. Examples lie one after another.
/// </remarks>
/// <param name="Inputs">Count · window values.</param>
/// <param name="Targets">Count values.</param>
internal sealed record WindowSet(float[] Inputs, float[] Targets)
{
    /// <summary>Cuts one example for each target position.</summary>
    /// <param name="values">The series in the unit of the data.</param>
    /// <param name="scale">Fitted on the training part.</param>
    /// <param name="window">Past values an example.</param>
    /// <param name="start">First target, at least <paramref name="window"/>.</param>
    /// <param name="end">One past the last target.</param>
    public static WindowSet Cut(double[] values, SeriesScale scale, int window, int start, int end)
    {
        float[] inputs = new float[(end - start) * window];
        float[] targets = new float[end - start];
        for (int target = start; target < end; target++)
        {
            int example = target - start;
            for (int i = 0; i < window; i++)
            {
                inputs[(example * window) + i] = (float)scale.Forward(values[target - window + i]);
            }

            targets[example] = (float)(scale.Forward(values[target]) - scale.Forward(values[target - 1]));
        }

        return new WindowSet(inputs, targets);
    }
}
