using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Forecasting;

/// <summary>What <c>--cell</c> takes: the library's cells, trained by gradients, and networks that are fitted otherwise.</summary>
internal static class ForecastCells
{
    /// <summary>All of them, in the order of help texts.</summary>
    public static IReadOnlyList<IForecastCell> All { get; } =
        [.. Cells.Descriptions.Select(description => new TrainedForecastCell(description)), new EchoStateForecastCell()];

    /// <summary>The one of a name, which was checked.</summary>
    public static IForecastCell Find(string name) => All.Single(cell => cell.Name == name);
}
