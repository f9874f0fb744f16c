using System.Globalization;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Says in words which forecaster did best, whoever that is.</summary>
internal static class ForecastComparison
{
    /// <summary>Two or three sentences on the one-step errors.</summary>
    /// <param name="network">The trained network.</param>
    /// <param name="baselines">What it is compared with, at least one.</param>
    public static string Verdict(ForecasterEvaluation network, IReadOnlyList<ForecasterEvaluation> baselines)
    {
        ForecasterEvaluation[] all = [network, .. baselines];
        ForecasterEvaluation best = all.MinBy(item => item.Errors.RootMeanSquare)!;
        ForecasterEvaluation bestAbsolute = all.MinBy(item => item.Errors.MeanAbsolute)!;
        string winner = string.Create(
            CultureInfo.InvariantCulture, $"{best.Name} wins with the lowest RMSE, {best.Errors.RootMeanSquare:0.00}");
        string absolute = ReferenceEquals(best, bestAbsolute)
            ? ", and the lowest MAE."
            : string.Create(CultureInfo.InvariantCulture, $"; {bestAbsolute.Name} has the lowest MAE, {bestAbsolute.Errors.MeanAbsolute:0.00}.");
        IEnumerable<string> distances = baselines.Select(baseline => Distance(network, baseline));
        return $"{winner}{absolute} The RMSE of {network.Name} is {string.Join(", ", distances)}.";
    }

    /// <summary>How far the first RMSE lies from the second, in percent of the second; negative when it is lower.</summary>
    public static double PercentAbove(ForecasterEvaluation first, ForecasterEvaluation second)
    {
        return 100.0 * ((first.Errors.RootMeanSquare / second.Errors.RootMeanSquare) - 1.0);
    }

    private static string Distance(ForecasterEvaluation network, ForecasterEvaluation baseline)
    {
        double percent = PercentAbove(network, baseline);
        string side = percent < 0 ? "below" : "above";
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(percent):0.0} % {side} {baseline.Name}");
    }
}
