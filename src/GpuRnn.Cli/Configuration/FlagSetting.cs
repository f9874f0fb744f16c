using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GpuRnn.Cli.Configuration;

/// <summary>A setting that is on or off; off where it is not given.</summary>
internal sealed class FlagSetting : Setting
{
    private readonly Func<ForecastConfiguration, bool> _get;
    private readonly Func<ForecastConfiguration, bool, ForecastConfiguration> _set;
    private readonly Option<bool> _option;

    /// <summary>Describes the setting.</summary>
    /// <param name="key">The key in camel case; the option's name follows from it.</param>
    /// <param name="description">For help, without the default.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Returns a configuration that has it.</param>
    public FlagSetting(
        string key, string description, Func<ForecastConfiguration, bool> get, Func<ForecastConfiguration, bool, ForecastConfiguration> set)
        : base(key, description, decidesTraining: true)
    {
        (_get, _set) = (get, set);
        _option = new Option<bool>(OptionName) { Description = $"{description} [default: false]" };
    }

    /// <inheritdoc/>
    public override Option Option => _option;

    /// <inheritdoc/>
    public override ForecastConfiguration Read(ForecastConfiguration configuration, JsonElement value, string where)
    {
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? _set(configuration, value.GetBoolean())
            : throw new InputException(
                where, $"\"{Key}\" is {InputException.OneLine(value.GetRawText())}, but true or false is needed", $"Correct \"{Key}\" in the file");
    }

    /// <inheritdoc/>
    public override ForecastConfiguration Read(ForecastConfiguration configuration, ParseResult parsed)
    {
        return IsGiven(parsed) ? _set(configuration, parsed.GetValue(_option)) : configuration;
    }

    /// <inheritdoc/>
    public override JsonNode? Write(ForecastConfiguration configuration)
    {
        return JsonValue.Create(_get(configuration));
    }
}
