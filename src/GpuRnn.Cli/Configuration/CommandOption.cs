using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Configuration;

/// <summary>Options of one command that refuse a bad value in one line.</summary>
internal static class CommandOption
{
    /// <summary>A whole number of at least 1.</summary>
    public static Option<int> Count(string name, string description, int initial)
    {
        return new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => initial,
            CustomParser = result =>
            {
                string text = Text(result);
                bool isWhole = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
                return isWhole && value >= 1 ? value : Refuse<int>(result, name, text, "a whole number of at least 1");
            },
        };
    }

    /// <summary>One of a few words.</summary>
    public static Option<string> Choice(string name, string description, string initial, params string[] choices)
    {
        return new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            DefaultValueFactory = _ => initial,
            CustomParser = result =>
            {
                string text = Text(result);
                return choices.Contains(text, StringComparer.Ordinal)
                    ? text
                    : Refuse<string>(result, name, text, $"one of {string.Join(", ", choices)}");
            },
        };
    }

    /// <summary>A cell in one of its forms.</summary>
    public static Option<string> Cell()
    {
        return Choice("--cell", "Recurrent cell", "lstm", [.. Cells.All.Select(cell => cell.Name)]);
    }

    /// <summary>What factors of products are rounded to.</summary>
    public static Option<string> Precision()
    {
        return Choice("--precision", "What the factors of products are rounded to; sums are fp32", PrecisionName.Single, PrecisionName.All);
    }

    private static string Text(ArgumentResult result)
    {
        return result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
    }

    private static T? Refuse<T>(ArgumentResult result, string name, string text, string needed)
    {
        result.AddError($"{name}: '{text}' arrived, but {needed} is needed. Correct it, or leave the option out.");
        return default;
    }
}
