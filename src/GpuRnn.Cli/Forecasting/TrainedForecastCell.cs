using GpuRnn.Cli.Configuration;
using GpuRnn.Devices;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Forecasting;

/// <summary>A cell of the library's list: recurrent layers of it, trained by gradients.</summary>
/// <param name="description">Its entry in the list.</param>
internal sealed class TrainedForecastCell(CellDescription description) : IForecastCell
{
    /// <inheritdoc/>
    public string Name => description.Name;

    /// <inheritdoc/>
    public IReadOnlyList<CellOption> Options => description.Options;

    /// <inheritdoc/>
    public void RequireFit(ForecastConfiguration configuration)
    {
        if (description.Refusal(configuration.CellOptions) is (string option, string problem, string remedy))
        {
            throw new InputException($"--{option}", problem, remedy);
        }

        if (configuration.Layers < description.LeastLayers)
        {
            throw new InputException(
                "--layers",
                $"{configuration.Layers} arrived, but {Name} reads the layer below and needs at least {description.LeastLayers} layers",
                $"Pass --layers {description.LeastLayers}, or choose another cell");
        }

        LayerSettings.RequireFit(configuration);
    }

    /// <inheritdoc/>
    public string DescribeSizes(ForecastConfiguration configuration)
    {
        return $"--hidden {configuration.Hidden} and --layers {configuration.Layers}";
    }

    /// <inheritdoc/>
    public IForecastModel Create(Device device, ForecastConfiguration configuration, SeriesScale scale)
    {
        return new ForecastNetwork(device, configuration, scale);
    }
}
