using System.Globalization;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Configuration;

/// <summary>The options of the library's cells as settings; which cell has which is in the library's list alone.</summary>
internal static class CellSettings
{
    /// <summary>A setting for each option that some cell has.</summary>
    public static IEnumerable<Setting> Create()
    {
        return Cells.Descriptions
            .SelectMany(cell => cell.Options)
            .Distinct()
            .Select(option => option.IsNumber ? (Setting)CreateNumber(option) : CreateWord(option));
    }

    /// <summary>Refuses an option that the chosen cell does not have, and fewer layers than it needs.</summary>
    /// <exception cref="InputException">There is one, and the message says what the cell needs.</exception>
    public static void RequireFit(ForecastConfiguration configuration)
    {
        CellDescription cell = Cells.Describe(configuration.Cell);
        if (cell.Refusal(configuration.CellOptions) is (string option, string problem, string remedy))
        {
            throw new InputException($"--{option}", problem, remedy);
        }

        if (configuration.Layers < cell.LeastLayers)
        {
            throw new InputException(
                "--layers",
                $"{configuration.Layers} arrived, but {cell.Name} reads the layer below and needs at least {cell.LeastLayers} layers",
                $"Pass --layers {cell.LeastLayers}, or choose another cell");
        }
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

    private static string Key(CellOption option)
    {
        string[] words = option.Name.Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }

    private static string Describe(CellOption option)
    {
        string cells = string.Join(", ", Cells.Descriptions.Where(cell => cell.Options.Contains(option)).Select(cell => cell.Name));
        string range = option.IsNumber ? string.Empty : $"; {option.Needed}";
        string initial = option.Default is null ? string.Empty : $" [default: {option.Default}]";
        return $"{option.Description} ({cells}{range}){initial}";
    }
}
