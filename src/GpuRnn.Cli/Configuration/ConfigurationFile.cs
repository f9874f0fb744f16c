using System.Text.Json;
using System.Text.Json.Nodes;

namespace GpuRnn.Cli.Configuration;

/// <summary>Reads and writes a forecasting run's configuration as a flat JSON object.</summary>
internal static class ConfigurationFile
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Lays the file's values over the defaults.</summary>
    /// <exception cref="InputException">The file is missing, is no JSON object, or has an unknown key or a bad value.</exception>
    public static ForecastConfiguration Read(string path, IReadOnlyList<Setting> settings)
    {
        if (!File.Exists(path))
        {
            throw new InputException(path, "there is no such file, but a configuration file is needed", "Check the path after --config");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement, path, settings);
        }
        catch (JsonException exception)
        {
            long line = (exception.LineNumber ?? 0) + 1;
            throw new InputException($"{path}, line {line}", "the text is no valid JSON, but a JSON object is needed", "Correct the file");
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, $"the file cannot be read ({InputException.OneLine(exception.Message).TrimEnd('.')}), but must be", "Check its permissions");
        }
    }

    /// <summary>The configuration as text that <see cref="Read(string, IReadOnlyList{Setting})"/> reads back.</summary>
    public static string Write(ForecastConfiguration configuration, IReadOnlyList<Setting> settings)
    {
        JsonObject root = [];
        foreach (Setting setting in settings)
        {
            root[setting.Key] = setting.Write(configuration);
        }

        return root.ToJsonString(s_indented) + "\n";
    }

    /// <summary>Lays the values of a JSON object over the defaults.</summary>
    /// <exception cref="InputException">It is no object, or has an unknown key or a bad value.</exception>
    public static ForecastConfiguration Read(JsonElement root, string path, IReadOnlyList<Setting> settings)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InputException(path, $"the file holds a JSON {root.ValueKind}, but a JSON object is needed", "Write { \"key\": value }");
        }

        ForecastConfiguration configuration = new();
        foreach (JsonProperty property in root.EnumerateObject())
        {
            Setting? setting = settings.FirstOrDefault(known => known.Key == property.Name);
            if (setting is null)
            {
                IEnumerable<string> keys = settings.Select(known => known.Key);
                throw new InputException(
                    path,
                    $"the key \"{property.Name}\" arrived, but is not a setting",
                    $"{NameSuggestion.Clause(property.Name, keys)}The settings are {string.Join(", ", keys)}");
            }

            configuration = setting.Read(configuration, property.Value, path);
        }

        return configuration;
    }
}
