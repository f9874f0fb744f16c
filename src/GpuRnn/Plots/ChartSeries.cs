namespace GpuRnn.Plots;

/// <summary>One line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="X">Positions along the horizontal axis.</param>
/// <param name="Y">As many values; one that is not finite breaks the line.</param>
/// <param name="CssClass">Its colour in the style sheet of the page that <see cref="LineChart.Render"/> draws for; of no use elsewhere.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, string CssClass = "");
