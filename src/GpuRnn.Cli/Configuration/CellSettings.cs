using System.Globalization;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Configuration;

/// <summary>The options of all cells as settings; which cell has which is in their list alone (<see cref="ForecastCells"/>).</summary>
internal static class CellSettings
{
    /// <summary>A setting for each option that some cell has.</summary>
    public static IEnumerable<Setting> Create()
    {
        return ForecastCells.All
            .SelectMany(cell => cell.Options)
            .Distinct()
            .Select(option => option.IsNumber ? (Setting)CreateNumber(option) : CreateWord(option));
    }

    /// <summary>Refuses an option that the chosen cell does not have, and settings that do not apply to it.</summary>
    /// <exception cref="InputException">There is one, and the message says what the cell needs.</exception>
    public static void RequireFit(ForecastConfiguration configuration)
    {
        IForecastCell cell = ForecastCells.Find(configuration.Cell);
        foreach (string name in configuration.CellOptions.Names.Where(name => !cell.Options.Any(option => option.Name == name)))
        {
            string[] others = [.. ForecastCells.All.Where(one => one.Options.Any(option => option.Name == name)).Select(one => one.Name)];
            throw new InputException(
                $"--{name}",
                $"'{configuration.CellOptions.Find(name)}' arrived for {cell.Name}, but only {string.Join(", ", others)} {(others.Length == 1 ? "has" : "have")} this option",
                "Leave it out, or choose another cell");
        }

        cell.RequireFit(configuration);
    }

    /// <summary>The key of an option's setting.</summary>
    public static string Key(CellOption option)
    {
        string[] words = option.Name.Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }

    private static TypedSetting<double?> CreateNumber(CellOption option)
    {
        return new TypedSetting<double?>(
            Key(option),
            Describe(option),
            c => c.CellOptions.Find(option.Name) is string text ? double.Parse(text, CultureInfo.InvariantCulture) : null,
            (c, v) => c with { CellOptions = c.CellOptions.With(option.Name, v?.ToString(CultureInfo.InvariantCulture)) },
            value => value is double number && option.Allows(number.ToString(CultureInfo.InvariantCulture)),
            option.Needed);
    }

    private static TypedSetting<string?> CreateWord(CellOption option)
    {
        return new TypedSetting<string?>(
            Key(option),
            Describe(option),
            c => c.CellOptions.Find(option.Name),
            (c, v) => c with { CellOptions = c.CellOptions.With(option.Name, v) },
            value => value is not null && option.Allows(value),
            option.Needed);
    }

    private static string Describe(CellOption option)
    {
        string cells = string.Join(", ", ForecastCells.All.Where(cell => cell.Options.Contains(option)).Select(cell => cell.Name));
        string range = option.IsNumber ? string.Empty : $"; {option.Needed}";
        string initial = option.Default is null ? string.Empty : $" [default: {option.Default}]";
        return $"{option.Description} ({cells}{range}){initial}";
    }
}
