using GpuRnn.Cli.Forecasting;
using GpuRnn.Training;

namespace GpuRnn.Cli.Configuration;

/// <summary>The table of all settings of a forecasting run, in the order in which help and configuration files show them.</summary>
internal static class ForecastSettings
{
    private static readonly string[] s_optimizers = [.. Optimizers.Names];
    private static readonly string[] s_transforms = ["auto", "none", "sqrt"];

    /// <summary>A fresh list; an option belongs to one command only.</summary>
    public static IReadOnlyList<Setting> Create()
    {
        return [.. CreateData(), .. CreateModel(), .. CreateTraining(), .. CreateRun()];
    }

    private static IEnumerable<Setting> CreateData()
    {
        yield return OptionalText(
            "data", "CSV file with a header [default: the embedded monthly sunspot numbers 1749-1983]", c => c.Data, (c, v) => c with { Data = v });
        yield return OptionalText("column", "Column to forecast [default: the last one]", c => c.Column, (c, v) => c with { Column = v });
        yield return OptionalText(
            "timeColumn",
            "Column that labels the rows [default: the first one that is not forecast, else row numbers]",
            c => c.TimeColumn,
            (c, v) => c with { TimeColumn = v });
        yield return Count("horizon", "Steps to forecast ahead", c => c.Horizon, (c, v) => c with { Horizon = v }, decidesTraining: false);
        yield return Count("window", "Past values that network and autoregression see", c => c.Window, (c, v) => c with { Window = v });
        yield return OptionalCount(
            "holdOut",
            "Values at the end that training never sees [default: 240 of the embedded series, else a fifth]",
            c => c.HoldOut,
            (c, v) => c with { HoldOut = v });
        yield return OptionalCount(
            "validation",
            "Values before the held-out ones that early stopping watches [default: 120 of the embedded series, else a tenth]",
            c => c.Validation,
            (c, v) => c with { Validation = v });
        yield return OptionalCount(
            "season",
            "Period of the seasonal-naive forecast [default: 132 for the embedded series, else 12]",
            c => c.Season,
            (c, v) => c with { Season = v });
        yield return Choice(
            "transform",
            "Done before standardising: none, sqrt, or auto (sqrt where no value is negative)",
            s_transforms,
            c => c.Transform,
            (c, v) => c with { Transform = v });
    }

    private static IEnumerable<Setting> CreateModel()
    {
        string[] cells = [.. ForecastCells.All.Select(cell => cell.Name)];
        yield return Choice("cell", $"Recurrent cell: {string.Join(", ", cells)}", cells, c => c.Cell, (c, v) => c with { Cell = v });
        yield return Count("hidden", "Units a layer", c => c.Hidden, (c, v) => c with { Hidden = v });
        yield return Count("layers", "Recurrent layers", c => c.Layers, (c, v) => c with { Layers = v });
        yield return new FlagSetting(
            "bidirectional",
            "Add a second direction to every layer, which reads the window backwards",
            c => c.Bidirectional,
            (c, v) => c with { Bidirectional = v });
        foreach (Setting setting in LayerSettings.Create().Concat(CellSettings.Create()))
        {
            yield return setting;
        }
    }

    private static IEnumerable<Setting> CreateTraining()
    {
        yield return new TypedSetting<int>(
            "epochs",
            "Most passes over the training data, 0 for weights as they were drawn; echo-state is fitted once whatever it is",
            c => c.Epochs,
            (c, v) => c with { Epochs = v },
            v => v >= 0,
            "a whole number not below 0");
        yield return Count("batchSize", "Windows a training step", c => c.BatchSize, (c, v) => c with { BatchSize = v });
        yield return new TypedSetting<double>(
            "learningRate",
            "Step length of the optimizer",
            c => c.LearningRate,
            (c, v) => c with { LearningRate = v },
            v => float.IsFinite((float)v) && (float)v > 0,
            "a number above 0");
        yield return Choice(
            "optimizer", $"{string.Join(", ", s_optimizers[..^1])} or {s_optimizers[^1]}", s_optimizers, c => c.Optimizer, (c, v) => c with { Optimizer = v });
        yield return new TypedSetting<double>(
            "clipNorm",
            "Largest global norm of the gradients; 0 does not clip",
            c => c.ClipNorm,
            (c, v) => c with { ClipNorm = v },
            v => float.IsFinite((float)v) && v >= 0,
            "a number not below 0");
        yield return Count(
            "patience", "Epochs without improvement before training ends", c => c.Patience, (c, v) => c with { Patience = v });
        yield return new TypedSetting<int>(
            "seed",
            "Decides initial or fixed weights, and batch order",
            c => c.Seed,
            (c, v) => c with { Seed = v },
            v => v >= 0,
            "a whole number not below 0");
    }

    private static IEnumerable<Setting> CreateRun()
    {
        yield return Text("device", "auto, cpu, or an id that 'gpurnn devices' lists", c => c.Device, (c, v) => c with { Device = v });
        yield return Text("out", "Folder for the results", c => c.Out, (c, v) => c with { Out = v });
    }

    private static TypedSetting<int> Count(
        string key,
        string description,
        Func<ForecastConfiguration, int> get,
        Func<ForecastConfiguration, int, ForecastConfiguration> set,
        bool decidesTraining = true)
    {
        return new TypedSetting<int>(key, description, get, set, value => value >= 1, "a whole number of at least 1", decidesTraining);
    }

    private static TypedSetting<int?> OptionalCount(
        string key,
        string description,
        Func<ForecastConfiguration, int?> get,
        Func<ForecastConfiguration, int?, ForecastConfiguration> set)
    {
        return new TypedSetting<int?>(key, description, get, set, value => value >= 1, "a whole number of at least 1");
    }

    private static TypedSetting<string> Choice(
        string key,
        string description,
        string[] choices,
        Func<ForecastConfiguration, string> get,
        Func<ForecastConfiguration, string, ForecastConfiguration> set)
    {
        return new TypedSetting<string>(
            key, description, get, set, value => choices.Contains(value, StringComparer.Ordinal), $"one of {string.Join(", ", choices)}");
    }

    private static TypedSetting<string> Text(
        string key,
        string description,
        Func<ForecastConfiguration, string> get,
        Func<ForecastConfiguration, string, ForecastConfiguration> set)
    {
        return new TypedSetting<string>(key, description, get, set, value => value.Length > 0, "a text", decidesTraining: false);
    }

    private static TypedSetting<string?> OptionalText(
        string key,
        string description,
        Func<ForecastConfiguration, string?> get,
        Func<ForecastConfiguration, string?, ForecastConfiguration> set)
    {
        return new TypedSetting<string?>(key, description, get, set, value => !string.IsNullOrEmpty(value), "a text");
    }
}
