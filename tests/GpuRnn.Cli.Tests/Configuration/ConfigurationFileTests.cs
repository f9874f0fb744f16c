using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IReadOnlyList<Setting> _settings = ForecastSettings.Create();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_EverySettingChanged_ReadsBackEqual()
    {
        ForecastConfiguration configuration = new()
        {
            Data = "a b.csv",
            Column = "x",
            TimeColumn = "t",
            Horizon = 3,
            Window = 5,
            HoldOut = 7,
            Validation = 8,
            Season = 9,
            Transform = "none",
            Cell = "gru",
            CellOptions = CellOptionValues.None.With("activation", "relu").With("forget-bias", 0.1 + 0.2),
            Hidden = 11,
            Layers = 2,
            Bidirectional = true,
            Epochs = 13,
            BatchSize = 14,
            LearningRate = 0.1 + 0.2,
            Optimizer = "sgd",
            ClipNorm = 0.25,
            Patience = 4,
            Seed = 17,
            Device = "cpu",
            Out = "elsewhere",
        };
        string path = _folder.Write("config.json", ConfigurationFile.Write(configuration, _settings));

        Assert.Equal(configuration, ConfigurationFile.Read(path, _settings));
    }

    [Fact]
    public void Settings_EveryPropertyOfTheConfiguration_HasOne()
    {
        IEnumerable<string> options = ForecastCells.All.SelectMany(cell => cell.Options).Select(option => option.Name.Replace("-", string.Empty)).Distinct();
        IEnumerable<string> properties = typeof(ForecastConfiguration).GetProperties()
            .Select(property => property.Name)
            .Where(name => name != nameof(ForecastConfiguration.CellOptions))
            .Concat(options);

        Assert.Equal(
            properties.Order(StringComparer.OrdinalIgnoreCase),
            _settings.Select(setting => setting.Key).Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void Write_Defaults_ReadsBackEqual()
    {
        string path = _folder.Write("config.json", ConfigurationFile.Write(new ForecastConfiguration(), _settings));

        Assert.Equal(new ForecastConfiguration(), ConfigurationFile.Read(path, _settings));
    }

    [Fact]
    public void Read_MisspeltKey_NamesItAndSuggests()
    {
        string path = _folder.Write("config.json", """{ "hiden": 16 }""");

        InputException exception = Assert.Throws<InputException>(() => ConfigurationFile.Read(path, _settings));

        Assert.StartsWith($"{path}: the key \"hiden\" arrived, but is not a setting. Did you mean 'hidden'? ", exception.Message);
    }

    [Theory]
    [InlineData("""{ "hidden": 0 }""", "\"hidden\" is 0, but a whole number of at least 1 is needed")]
    [InlineData("""{ "hidden": 1.5 }""", "\"hidden\" is 1.5, but a whole number of at least 1 is needed")]
    [InlineData("""{ "hidden": "16" }""", "\"hidden\" is \"16\", but a whole number of at least 1 is needed")]
    [InlineData("""{ "hidden": null }""", "\"hidden\" is null, but a whole number of at least 1 is needed")]
    [InlineData("""{ "cell": "lstn" }""", "\"cell\" is \"lstn\", but one of elman, jordan, leaky, lstm, ")]
    [InlineData("""{ "activation": "tan" }""", "\"activation\" is \"tan\", but one of tanh, relu, sigmoid, leaky-relu, identity is needed")]
    [InlineData("""{ "forgetBias": "1" }""", "\"forgetBias\" is \"1\", but a number is needed")]
    [InlineData("""{ "bidirectional": 1 }""", "\"bidirectional\" is 1, but true or false is needed")]
    [InlineData("""{ "learningRate": 1e999 }""", "\"learningRate\" is 1e999, but a number above 0 is needed")]
    [InlineData("""{ "learningRate": 1e-60 }""", "\"learningRate\" is 1e-60, but a number above 0 is needed")]
    [InlineData("[1, 2]", "the file holds a JSON Array, but a JSON object is needed")]
    public void Read_BadValue_SaysWhatIsNeeded(string text, string expected)
    {
        string path = _folder.Write("config.json", text);

        InputException exception = Assert.Throws<InputException>(() => ConfigurationFile.Read(path, _settings));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Read_BrokenJson_NamesTheLine()
    {
        string path = _folder.Write("config.json", "{\n  \"window\": 24,\n  \"hidden\" 16\n}\n");

        InputException exception = Assert.Throws<InputException>(() => ConfigurationFile.Read(path, _settings));

        Assert.StartsWith($"{path}, line 3: ", exception.Message);
    }
}
