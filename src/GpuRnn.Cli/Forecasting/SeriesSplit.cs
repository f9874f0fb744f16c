using GpuRnn.Cli.Configuration;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Cuts a series, in order of time, into a training part, a validation part and a held-out part.</summary>
/// <param name="Window">Past values a forecast sees.</param>
/// <param name="TrainEnd">First value that is not for training.</param>
/// <param name="ValidationEnd">First held-out value.</param>
/// <param name="Count">All values.</param>
internal sealed record SeriesSplit(int Window, int TrainEnd, int ValidationEnd, int Count)
{
    /// <summary>Held-out values.</summary>
    public int HoldOut => Count - ValidationEnd;

    /// <summary>Values early stopping watches.</summary>
    public int Validation => ValidationEnd - TrainEnd;

    /// <summary>Cuts as the configuration says; it must be resolved.</summary>
    /// <exception cref="InputException">The series is too short for it, or the horizon too long.</exception>
    public static SeriesSplit Create(TimeSeries series, ForecastConfiguration configuration)
    {
        int count = series.Values.Length;
        int holdOut = configuration.HoldOut!.Value;
        int validation = configuration.Validation!.Value;
        int season = configuration.Season!.Value;
        // The autoregression has window + 1 unknowns and must stay overdetermined.
        long training = Math.Max((2L * configuration.Window) + 2, season);
        long needed = training + validation + holdOut;
        if (count < needed)
        {
            throw new InputException(
                series.Name,
                $"the series has {Values(count)}, but window {configuration.Window}, season {season}, {validation} for validation and {holdOut} "
                + $"held out need at least {needed}",
                "Give a longer series, or pass smaller --window, --season, --validation or --hold-out");
        }

        if (configuration.Horizon > count || configuration.Horizon > holdOut)
        {
            throw new InputException(
                "--horizon",
                $"{configuration.Horizon} steps were asked for, but '{series.Name}' has {Values(count)}, of which {holdOut} are held out, and a "
                + "forecast can be checked only that far",
                $"Pass --horizon {Math.Min(count, holdOut)} or less, or a longer --hold-out");
        }

        return new SeriesSplit(configuration.Window, count - holdOut - validation, count - holdOut, count);
    }

    private static string Values(int count)
    {
        return count == 1 ? "1 value" : $"{count} values";
    }
}
