using System.Globalization;
using System.Text.Json.Nodes;
using GpuRnn.Cli.Configuration;
using GpuRnn.Devices;
using GpuRnn.Reservoirs;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Forecasting;

/// <summary>An echo state network: a fixed reservoir whose readout is fitted once.</summary>
internal sealed class EchoStateForecastCell : IForecastCell
{
    // Units see a bias, so that they do not all work around the origin, where tanh is odd.
    private const double BiasScaling = 0.2;

    private static readonly CellOption s_size = CellOption.Number("reservoir-size", "Units of the reservoir", 200, IsCount, "a whole number of at least 1");

    private static readonly CellOption s_radius = CellOption.Number(
        "spectral-radius", "Largest modulus of an eigenvalue of the reservoir's weights", 0.9, value => value > 0.0f, "a number above 0");

    private static readonly CellOption s_sparsity = CellOption.Number(
        "sparsity", "Share of the reservoir's weights that are zero", 0.95, value => value is >= 0.0f and < 1.0f, "a number of at least 0 and below 1");

    private static readonly CellOption s_ridge = CellOption.Number(
        "ridge", "Weight of the squared readout against the squared errors of all steps", 1.0, value => value >= 0.0f, "a number not below 0");

    private static readonly CellOption s_washout = CellOption.Number(
        "washout", "First values that the fit leaves out, and values that a forecast looks back beyond the window", 100, IsCount, "a whole number of at least 1");

    // The option of leaky units: one word for one thing.
    private static readonly CellOption s_leak = Cells.Descriptions.SelectMany(cell => cell.Options).First(option => option.Name == "leak-rate");

    private static readonly string[] s_applies =
        ["data", "column", "timeColumn", "horizon", "window", "holdOut", "validation", "season", "transform", "cell", "epochs", "seed", "device", "out"];

    /// <inheritdoc/>
    public string Name => "echo-state";

    /// <inheritdoc/>
    public IReadOnlyList<CellOption> Options { get; } = [s_size, s_radius, s_leak, s_sparsity, s_ridge, s_washout];

    /// <inheritdoc/>
    public void RequireFit(ForecastConfiguration configuration)
    {
        HashSet<string> applies = [.. s_applies, .. Options.Select(CellSettings.Key)];
        foreach (Setting setting in ForecastSettings.Create().Where(setting => !applies.Contains(setting.Key)))
        {
            JsonNode? value = setting.Write(configuration);
            if (!JsonNode.DeepEquals(value, setting.Write(new ForecastConfiguration())))
            {
                throw new InputException(
                    setting.OptionName,
                    $"{value} arrived for {Name}, but it is one reservoir whose readout is fitted in one step, without layers or an optimizer",
                    $"Leave it out; {Name} has {string.Join(", ", Options.Select(option => $"--{option.Name}"))}");
            }
        }
    }

    /// <inheritdoc/>
    public string DescribeSizes(ForecastConfiguration configuration)
    {
        return $"--{s_size.Name} {Number(configuration, s_size)}";
    }

    /// <inheritdoc/>
    public IForecastModel Create(Device device, ForecastConfiguration configuration, SeriesScale scale)
    {
        EchoStateOptions options = new()
        {
            InputSize = 1,
            OutputSize = 1,
            ReservoirSize = (int)Number(configuration, s_size),
            SpectralRadius = Number(configuration, s_radius),
            Connectivity = 1.0 - Number(configuration, s_sparsity),
            BiasScaling = BiasScaling,
            LeakRate = Number(configuration, s_leak),
            Ridge = Number(configuration, s_ridge),
            Washout = (int)Number(configuration, s_washout),
            Seed = (ulong)configuration.Seed,
        };
        return new EchoStateForecaster(device, options, configuration, scale);
    }

    private static double Number(ForecastConfiguration configuration, CellOption option)
    {
        return double.Parse(configuration.CellOptions.Find(option.Name) ?? option.Default!, CultureInfo.InvariantCulture);
    }

    private static bool IsCount(float value)
    {
        return value is >= 1.0f and <= 1e6f && value == MathF.Floor(value);
    }
}
