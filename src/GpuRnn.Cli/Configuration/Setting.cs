using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GpuRnn.Cli.Configuration;

/// <summary>One entry of <see cref="ForecastConfiguration"/>, as a command-line option and as a key of a configuration file.</summary>
internal abstract class Setting
{
    private protected Setting(string key, string description, bool decidesTraining)
    {
        Key = key;
        OptionName = ToOptionName(key);
        Description = description;
        DecidesTraining = decidesTraining;
    }

    /// <summary>The key in a configuration file, in camel case.</summary>
    public string Key { get; }

    /// <summary>The option on the command line, with its dashes.</summary>
    public string OptionName { get; }

    /// <summary>What help says about it.</summary>
    public string Description { get; }

    /// <summary>True when an interrupted run cannot be continued under another value.</summary>
    public bool DecidesTraining { get; }

    /// <summary>The option to add to a command.</summary>
    public abstract Option Option { get; }

    /// <summary>Takes the value of a configuration file.</summary>
    /// <exception cref="InputException">The value is of the wrong kind or out of range.</exception>
    public abstract ForecastConfiguration Read(ForecastConfiguration configuration, JsonElement value, string where);

    /// <summary>Takes the value of the command line where the user gave one.</summary>
    public abstract ForecastConfiguration Read(ForecastConfiguration configuration, ParseResult parsed);

    /// <summary>The value as a configuration file holds it.</summary>
    public abstract JsonNode? Write(ForecastConfiguration configuration);

    /// <summary>True when the user gave the option.</summary>
    public bool IsGiven(ParseResult parsed)
    {
        return parsed.GetResult(Option) is OptionResult { Implicit: false };
    }

    private static string ToOptionName(string key)
    {
        IEnumerable<string> letters = key.Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : letter.ToString());
        return "--" + string.Concat(letters);
    }
}
