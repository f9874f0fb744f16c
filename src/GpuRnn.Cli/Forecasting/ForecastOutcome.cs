using GpuRnn.Cli.Configuration;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Everything a finished run has to say.</summary>
/// <param name="Configuration">Resolved: no value left to the data.</param>
/// <param name="Series">What was forecast.</param>
/// <param name="Split">How it was cut.</param>
/// <param name="Device">Name of the device.</param>
/// <param name="Schedule">The scheduler's choice and its reasons, several lines.</param>
/// <param name="Epochs">Losses in order; empty when a saved model was used.</param>
/// <param name="BestEpoch">The epoch whose weights were kept; 0 when a saved model was used.</param>
/// <param name="Network">The network on the held-out part.</param>
/// <param name="Baselines">What it is compared with.</param>
/// <param name="Elapsed">Wall time of the whole run.</param>
internal sealed record ForecastOutcome(
    ForecastConfiguration Configuration,
    TimeSeries Series,
    SeriesSplit Split,
    string Device,
    string Schedule,
    IReadOnlyList<EpochLosses> Epochs,
    int BestEpoch,
    ForecasterEvaluation Network,
    IReadOnlyList<ForecasterEvaluation> Baselines,
    TimeSpan Elapsed)
{
    /// <summary>The network first, then the baselines.</summary>
    public IReadOnlyList<ForecasterEvaluation> All => [Network, .. Baselines];

    /// <summary>The held-out values.</summary>
    public double[] Truth => Series.Values[Split.ValidationEnd..];
}
