using GpuRnn.Tensors;
using GpuRnn.Weights;

namespace GpuRnn.Training;

/// <summary>
/// Everything that decides the rest of a training run, between two steps: weights, moments, random streams, position, best weights.
/// </summary>
/// <remarks>
/// Made by <see cref="Trainer.CaptureCheckpoint"/>; one safetensors file, arrays as tensors and everything else as its metadata.
/// </remarks>
public sealed class Checkpoint
{
    private const string StatePrefix = "state:";
    private const string UserPrefix = "user:";
    private const string FormatKey = "gpurnn-checkpoint";
    private const string DigestKey = "gpurnn-digest";
    private const string FormatVersion = "3";

    /// <summary>What the parts of the run wrote down.</summary>
    public SavedState State { get; } = new();

    /// <summary>Free texts of the caller's own, such as the resolved configuration of the run.</summary>
    public IDictionary<string, string> UserMetadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Writes the file whole or not at all: a failure or a killed process leaves what stood at <paramref name="path"/> before.
    /// </summary>
    /// <exception cref="WeightsFileException">The file cannot be written.</exception>
    public void Save(string path)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            [FormatKey] = FormatVersion,
            [DigestKey] = CheckpointDigest.Of(this),
        };
        foreach ((string name, string value) in State.Values)
        {
            metadata.Add(StatePrefix + name, value);
        }

        foreach ((string name, string value) in UserMetadata)
        {
            metadata.Add(UserPrefix + name, value);
        }

        SafetensorsWriter.Write(
            path, State.Arrays.Select(array => TensorEntry.FromSingles(array.Key, array.Value.Shape, array.Value.Values)), metadata);
    }

    /// <summary>Reads a checkpoint where there is one: what a run that may have been interrupted starts with.</summary>
    /// <returns>Null where there is no file.</returns>
    /// <exception cref="WeightsFileException">The file is damaged, or no checkpoint.</exception>
    public static Checkpoint? LoadIfPresent(string path)
    {
        return File.Exists(path) ? Load(path) : null;
    }

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="WeightsFileException">
    /// The file is missing, cut short, changed in any bit, or no checkpoint: what it holds is compared with the SHA-256 in it.
    /// </exception>
    public static Checkpoint Load(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        if (!file.Metadata.TryGetValue(FormatKey, out string? version) || version != FormatVersion)
        {
            string arrived = version is null ? "no checkpoint of a training run" : $"a checkpoint of format {version}";
            throw new WeightsFileException(
                path,
                $"Checkpoint.Load: {path} is {arrived}, but one of format {FormatVersion} is needed. "
                + "Pass a file that Checkpoint.Save wrote; a model's weights are read by Module.Load.");
        }

        Checkpoint checkpoint = new();
        foreach ((string name, string value) in file.Metadata)
        {
            if (name.StartsWith(StatePrefix, StringComparison.Ordinal))
            {
                checkpoint.State.SetText(name[StatePrefix.Length..], value);
            }
            else if (name.StartsWith(UserPrefix, StringComparison.Ordinal))
            {
                checkpoint.UserMetadata[name[UserPrefix.Length..]] = value;
            }
        }

        foreach (TensorEntry entry in file.Entries)
        {
            checkpoint.State.SetArray(entry.Name, entry.ToSingles(), [.. entry.Shape]);
        }

        string digest = CheckpointDigest.Of(checkpoint);
        if (!file.Metadata.TryGetValue(DigestKey, out string? written) || written != digest)
        {
            throw new WeightsFileException(
                path,
                $"Checkpoint.Load: {path} holds the SHA-256 {written ?? "of nothing"}, but its content has {digest}. "
                + "The file was changed or not written whole; resume from another one.");
        }

        return checkpoint;
    }

    /// <summary>Deletes what processes that were killed while writing left beside the file.</summary>
    internal static void DeleteLeftovers(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (Directory.Exists(folder))
        {
            foreach (string leftover in Directory.GetFiles(folder, Path.GetFileName(path) + ".*.tmp"))
            {
                File.Delete(leftover);
            }
        }
    }
}
