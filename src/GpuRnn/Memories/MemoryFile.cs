using System.Globalization;
using GpuRnn.Weights;

namespace GpuRnn.Memories;

/// <summary>Associative memories as safetensors.</summary>
internal static class MemoryFile
{
    private const string Count = "gpurnn.hopfield.patterns";
    private const string Sharpness = "gpurnn.continuous-memory.beta";
    private const string Weight = "weight";
    private const string Patterns = "patterns";

    // Kept is N times the weight, which Hebb's rule makes whole numbers.
    public static void WriteHopfield(string path, double[] weights, int size, int patternCount)
    {
        Dictionary<string, string> metadata = new() { [Count] = patternCount.ToString(CultureInfo.InvariantCulture) };
        SafetensorsWriter.Write(path, [TensorEntry.FromDoubles(Weight, [size, size], weights)], metadata);
    }

    public static (double[] Weights, int Size, int PatternCount) ReadHopfield(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        double count = Number(file, Count, "HopfieldNetwork.Load", "a Hopfield network");
        TensorEntry entry = file.Get(Weight);
        if (entry.Shape.Count != 2 || entry.Shape[0] != entry.Shape[1] || entry.Shape[0] < 2)
        {
            throw new WeightsFileException(
                path, $"HopfieldNetwork.Load: {path} holds {entry.Describe()}, but a square matrix of at least 2 rows is needed. Save the network again.");
        }

        return (entry.ToDoubles(), entry.Shape[0], (int)count);
    }

    public static void WriteContinuous(string path, float[] patterns, int size, float beta)
    {
        Dictionary<string, string> metadata = new() { [Sharpness] = beta.ToString("R", CultureInfo.InvariantCulture) };
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles(Patterns, [patterns.Length / size, size], patterns)], metadata);
    }

    public static (float[] Patterns, int Size, float Beta) ReadContinuous(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        double beta = Number(file, Sharpness, "ContinuousMemory.Load", "a continuous memory");
        TensorEntry entry = file.Get(Patterns);
        if (entry.Shape.Count != 2 || entry.ElementCount == 0)
        {
            throw new WeightsFileException(
                path, $"ContinuousMemory.Load: {path} holds {entry.Describe()}, but patterns [P, N] are needed. Save the memory again.");
        }

        return (entry.ToSingles(), entry.Shape[1], (float)beta);
    }

    private static double Number(SafetensorsFile file, string key, string where, string what)
    {
        bool isThere = file.Metadata.TryGetValue(key, out string? text);
        return isThere && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= 0.0
            ? number
            : throw new WeightsFileException(
                file.Path,
                $"{where}: {file.Path} has {(isThere ? $"\"{text}\"" : "nothing")} as metadata \"{key}\", but a number is needed. Load a file of {what}.");
    }
}
