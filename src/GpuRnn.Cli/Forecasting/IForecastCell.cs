using GpuRnn.Cli.Configuration;
using GpuRnn.Devices;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Forecasting;

/// <summary>One of the words that <c>--cell</c> takes: which options apply to it, and the model that it makes.</summary>
internal interface IForecastCell
{
    /// <summary>The word.</summary>
    string Name { get; }

    /// <summary>The options that it has beyond those of every run.</summary>
    IReadOnlyList<CellOption> Options { get; }

    /// <summary>Refuses settings that do not apply to it; its own options have been looked at.</summary>
    /// <exception cref="InputException">There is one.</exception>
    void RequireFit(ForecastConfiguration configuration);

    /// <summary>The options that decide how much memory the model takes, as the user gave them.</summary>
    string DescribeSizes(ForecastConfiguration configuration);

    /// <summary>Builds the model that belongs to the configuration's seed.</summary>
    /// <param name="device">Stays the caller's.</param>
    /// <param name="configuration">Resolved and fitting.</param>
    /// <param name="scale">Between the unit of the data and the model's.</param>
    IForecastModel Create(Device device, ForecastConfiguration configuration, SeriesScale scale);
}
