using System.Text.Json;
using GpuRnn.Cli.Configuration;
using GpuRnn.Training;

namespace GpuRnn.Cli.Forecasting;

/// <summary>An interrupted run's checkpoint, which carries the configuration of its run.</summary>
internal static class NetworkCheckpoint
{
    private const string ConfigurationKey = "gpurnn.forecast.configuration";

    /// <summary>Reads a checkpoint whole, so that a damaged one is refused before anything is written.</summary>
    /// <exception cref="InputException">The file is missing, damaged, or not one of this command.</exception>
    public static Checkpoint Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException(
                path, "there is no checkpoint, but --resume continues from one", "Pass the --out of an interrupted run, or leave --resume out");
        }

        Checkpoint checkpoint = InputGuard.Run(() => Checkpoint.Load(path));
        if (!checkpoint.UserMetadata.ContainsKey(ConfigurationKey))
        {
            throw new InputException(path, "the checkpoint is not of a forecast run, but must be", "Pass the --out of an interrupted run");
        }

        return checkpoint;
    }

    /// <summary>The configuration of the interrupted run.</summary>
    public static ForecastConfiguration ReadConfiguration(string path, IReadOnlyList<Setting> settings)
    {
        using JsonDocument document = JsonDocument.Parse(Load(path).UserMetadata[ConfigurationKey]);
        return ConfigurationFile.Read(document.RootElement, path, settings);
    }

    /// <summary>Adds the configuration to a checkpoint.</summary>
    public static void Attach(Checkpoint checkpoint, string configuration)
    {
        checkpoint.UserMetadata[ConfigurationKey] = configuration;
    }
}
