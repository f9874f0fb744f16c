using System.Text.Json;
using GpuRnn.Layers;

namespace GpuRnn.Cli.Gradients;

/// <summary>What was measured, and of what; the content of <c>gradients.json</c>.</summary>
/// <param name="Label">The cell with its options, for legends.</param>
/// <param name="Task">What the network is asked for.</param>
/// <param name="TimeSteps">T.</param>
/// <param name="BatchSize">B.</param>
/// <param name="Hidden">Units a layer.</param>
/// <param name="Layers">Recurrent layers.</param>
/// <param name="Seed">Decided weights and data.</param>
/// <param name="TrainingSteps">Steps of training before the measured pass.</param>
/// <param name="Loss">The loss of the measured pass.</param>
/// <param name="Device">Where it ran.</param>
/// <param name="Traces">The norms of ∂L/∂h_t for each layer and direction.</param>
internal sealed record GradientResult(
    string Label,
    string Task,
    int TimeSteps,
    int BatchSize,
    int Hidden,
    int Layers,
    int Seed,
    int TrainingSteps,
    double Loss,
    string Device,
    IReadOnlyList<GradientTrace> Traces)
{
    private static readonly JsonSerializerOptions s_format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads the file of an earlier run.</summary>
    /// <exception cref="InputException">It is missing or is no such file.</exception>
    public static GradientResult Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<GradientResult>(File.ReadAllText(path), s_format)
                ?? throw new JsonException("the file holds null");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                path, $"it cannot be read ({InputException.OneLine(exception.Message).TrimEnd('.')}), but a gradients.json is needed", "Check the path after --with");
        }
    }

    /// <summary>The file's text.</summary>
    public string ToJson()
    {
        return JsonSerializer.Serialize(this, s_format) + "\n";
    }

    /// <summary>The name of a line in a legend.</summary>
    public string NameOf(GradientTrace trace)
    {
        return Label + (Layers > 1 ? $", layer {trace.Layer}" : string.Empty) + (trace.IsReverse ? ", reverse" : string.Empty);
    }
}
