using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GpuRnn.Cli.Configuration;

/// <summary>A setting whose values are of one type.</summary>
/// <typeparam name="T">int, double or string, or the nullable form where the default depends on the data.</typeparam>
internal sealed class TypedSetting<T> : Setting
{
    private readonly Func<ForecastConfiguration, T> _get;
    private readonly Func<ForecastConfiguration, T, ForecastConfiguration> _set;
    private readonly Func<T, bool> _isAllowed;
    private readonly string _needed;
    private readonly Option<T> _option;

    /// <summary>Describes the setting.</summary>
    /// <param name="key">The key in camel case; the option's name follows from it.</param>
    /// <param name="description">For help; names the default where that depends on the data.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Returns a configuration that has it.</param>
    /// <param name="isAllowed">Tells whether a value is in range.</param>
    /// <param name="needed">The range in words, to follow "but".</param>
    /// <param name="decidesTraining">True when a resumed run may not change it.</param>
    public TypedSetting(
        string key,
        string description,
        Func<ForecastConfiguration, T> get,
        Func<ForecastConfiguration, T, ForecastConfiguration> set,
        Func<T, bool> isAllowed,
        string needed,
        bool decidesTraining = true)
        : base(key, description, decidesTraining)
    {
        _get = get;
        _set = set;
        _isAllowed = isAllowed;
        _needed = needed;
        T initial = get(new ForecastConfiguration());
        _option = new Option<T>(OptionName) { Description = description, CustomParser = ParseArgument, HelpName = HelpName() };
        if (initial is not null)
        {
            _option.DefaultValueFactory = _ => initial;
        }
    }

    /// <inheritdoc/>
    public override Option Option => _option;

    /// <inheritdoc/>
    public override ForecastConfiguration Read(ForecastConfiguration configuration, JsonElement value, string where)
    {
        if (value.ValueKind == JsonValueKind.Null && default(T) is null && _get(new ForecastConfiguration()) is null)
        {
            return _set(configuration, default!);
        }

        bool isRightKind = IsText ? value.ValueKind == JsonValueKind.String : value.ValueKind == JsonValueKind.Number;
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (!isRightKind || !TryConvert(text, out T result) || !_isAllowed(result))
        {
            throw new InputException(
                where, $"\"{Key}\" is {InputException.OneLine(value.GetRawText())}, but {_needed} is needed", $"Correct \"{Key}\" in the file");
        }

        return _set(configuration, result);
    }

    /// <inheritdoc/>
    public override ForecastConfiguration Read(ForecastConfiguration configuration, ParseResult parsed)
    {
        return IsGiven(parsed) ? _set(configuration, parsed.GetValue(_option)!) : configuration;
    }

    /// <inheritdoc/>
    public override JsonNode? Write(ForecastConfiguration configuration)
    {
        return _get(configuration) switch
        {
            null => null,
            int number => JsonValue.Create(number),
            double number => JsonValue.Create(number),
            string text => JsonValue.Create(text),
            object other => throw new NotSupportedException($"TypedSetting.Write: {Key} is a {other.GetType().Name}, which has no JSON form."),
        };
    }

    private static bool IsText => typeof(T) == typeof(string);

    private static string HelpName()
    {
        return IsText ? "TEXT" : "N";
    }

    private static bool TryConvert(string text, out T value)
    {
        Type type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        object? converted = null;
        if (type == typeof(string))
        {
            converted = text;
        }
        else if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole))
        {
            converted = whole;
        }
        else if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
        {
            converted = real;
        }

        value = converted is null ? default! : (T)converted;
        return converted is not null;
    }

    private T? ParseArgument(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        if (TryConvert(text, out T value) && _isAllowed(value))
        {
            return value;
        }

        result.AddError($"{OptionName}: '{text}' arrived, but {_needed} is needed. Correct it, or leave the option out.");
        return default;
    }
}
