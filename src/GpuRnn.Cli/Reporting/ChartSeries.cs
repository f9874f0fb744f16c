namespace GpuRnn.Cli.Reporting;

/// <summary>One line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="CssClass">Its colour in the report's style sheet.</param>
/// <param name="X">Positions along the horizontal axis.</param>
/// <param name="Y">As many values; one that is not finite breaks the line.</param>
internal sealed record ChartSeries(string Name, string CssClass, IReadOnlyList<double> X, IReadOnlyList<double> Y);
