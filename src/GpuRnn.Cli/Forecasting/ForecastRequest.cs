using GpuRnn.Cli.Configuration;

namespace GpuRnn.Cli.Forecasting;

/// <summary>What one invocation of the forecast command asks for beyond the configuration.</summary>
/// <param name="Configuration">As given; what it leaves open is filled in from the data.</param>
/// <param name="Settings">The table the configuration was read with.</param>
/// <param name="ModelPath">A saved model to use instead of training; null trains.</param>
/// <param name="CheckpointPath">A checkpoint to continue from; null starts anew.</param>
internal sealed record ForecastRequest(
    ForecastConfiguration Configuration, IReadOnlyList<Setting> Settings, string? ModelPath, string? CheckpointPath);
