using GpuRnn.Data;
using MathNet.Numerics.Statistics;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Brings values to mean 0 and deviation 1, after a square root where wanted, and back; fitted on the training part alone.</summary>
internal sealed class SeriesScale
{
    private readonly bool _squareRoot;
    private readonly double _mean;
    private readonly double _deviation;

    private SeriesScale(bool squareRoot, double mean, double deviation)
    {
        (_squareRoot, _mean, _deviation) = (squareRoot, mean, deviation);
    }

    /// <summary>Leaves values as they are.</summary>
    public static SeriesScale Identity { get; } = new(false, 0.0, 1.0);

    /// <summary>Fits mean and deviation to the training part.</summary>
    /// <param name="series">Only its first <paramref name="trainEnd"/> values decide.</param>
    /// <param name="trainEnd">End of the training part.</param>
    /// <param name="transform">none or sqrt.</param>
    /// <exception cref="InputException">All training values are equal, or a negative one meets sqrt.</exception>
    public static SeriesScale Fit(TimeSeries series, int trainEnd, string transform)
    {
        bool squareRoot = transform == "sqrt";
        int negative = Array.FindIndex(series.Values, value => value < 0);
        if (squareRoot && negative >= 0)
        {
            throw new InputException(
                "--transform",
                $"sqrt was asked for, but row {negative + 1} of '{series.Name}' is {series.Values[negative]}, below 0",
                "Pass --transform none");
        }

        double[] training = [.. series.Values.Take(trainEnd).Select(value => squareRoot ? Math.Sqrt(value) : value)];
        double deviation = training.PopulationStandardDeviation();
        if (!(deviation > 0) || !double.IsFinite(deviation))
        {
            throw new InputException(
                series.Name,
                $"the {trainEnd} training values have standard deviation {deviation}, but a finite one above 0 is needed",
                "Give a series that varies, or choose another --column");
        }

        return new SeriesScale(squareRoot, training.Mean(), deviation);
    }

    /// <summary>From the unit of the data to standard units.</summary>
    public double Forward(double value)
    {
        // A multi-step forecast feeds its own output back, which a network may push below what the root allows.
        return ((_squareRoot ? Math.Sqrt(Math.Max(value, 0.0)) : value) - _mean) / _deviation;
    }

    /// <summary>From standard units back to the unit of the data.</summary>
    public double Back(double standard)
    {
        double value = (standard * _deviation) + _mean;
        return _squareRoot ? Math.Max(value, 0.0) * Math.Max(value, 0.0) : value;
    }

    /// <summary>Examples of scaled values: a window each and the change from its last value to the next one.</summary>
    /// <param name="values">The series in the unit of the data.</param>
    /// <param name="window">Past values an example.</param>
    /// <param name="start">First target, at least <paramref name="window"/>.</param>
    /// <param name="end">One past the last target.</param>
    public SeriesWindows Windows(double[] values, int window, int start, int end)
    {
        SeriesWindowOptions options = new() { Window = window, PredictsChange = true };
        return SeriesWindows.Cut(Array.ConvertAll(values, Forward), SeriesScaler.Identity(), options, start, end);
    }
}
