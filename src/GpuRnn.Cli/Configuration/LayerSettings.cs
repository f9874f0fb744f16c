using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Cli.Configuration;

/// <summary>Options that recurrent layers add to the step of any cell, as settings.</summary>
internal static class LayerSettings
{
    private const string NeededShare = "a number of at least 0 and below 1";

    /// <summary>A setting for each option.</summary>
    public static IEnumerable<Setting> Create()
    {
        yield return new FlagSetting(
            "layerNorm", "Normalise the products of each step over the units", c => c.LayerNorm, (c, v) => c with { LayerNorm = v });
        yield return new FlagSetting(
            "batchNorm",
            "Normalise the products of each step over the batch; forecasts use running statistics of each step",
            c => c.BatchNorm,
            (c, v) => c with { BatchNorm = v });
        yield return Share(
            "zoneout", "Probability that a unit keeps its state in a step of training", c => c.Zoneout, (c, v) => c with { Zoneout = v });
        yield return new TypedSetting<double?>(
            "zoneoutHidden",
            "The same of the hidden state alone (--zoneout is then that of the other states, an LSTM's c) [default: as --zoneout]",
            c => c.ZoneoutHidden,
            (c, v) => c with { ZoneoutHidden = v },
            value => value is null || IsShare(value.Value),
            NeededShare);
        yield return Share(
            "recurrentDropout",
            "Probability of dropping a unit from what the recurrent products read, for a whole window of training",
            c => c.RecurrentDropout,
            (c, v) => c with { RecurrentDropout = v });
    }

    /// <summary>The options of a configuration; statistics of a normalisation over the batch are kept for each step of the window.</summary>
    public static StepOptions Read(ForecastConfiguration configuration)
    {
        return new StepOptions
        {
            LayerNorm = configuration.LayerNorm,
            BatchNormSteps = configuration.BatchNorm ? configuration.Window : 0,
            Zoneout = (float)configuration.Zoneout,
            HiddenZoneout = (float?)configuration.ZoneoutHidden,
            RecurrentDropout = (float)configuration.RecurrentDropout,
        };
    }

    /// <summary>Refuses an option that does not apply to the chosen cell, or not beside another.</summary>
    /// <exception cref="InputException">There is one, and the message says what is needed.</exception>
    public static void RequireFit(ForecastConfiguration configuration)
    {
        Cell cell = Cells.Create(configuration.Cell, configuration.CellOptions);
        if (Read(configuration).Refusal(cell) is (string option, string problem, string remedy))
        {
            throw new InputException($"--{option}", problem, remedy);
        }
    }

    private static TypedSetting<double> Share(
        string key,
        string description,
        Func<ForecastConfiguration, double> get,
        Func<ForecastConfiguration, double, ForecastConfiguration> set)
    {
        return new TypedSetting<double>(key, description, get, set, IsShare, NeededShare);
    }

    private static bool IsShare(double value) => value >= 0.0 && (float)value < 1.0f;
}
