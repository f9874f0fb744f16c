using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuRnn.Cli.Benchmarking;

/// <summary>One measurement. The names in JSON are a contract with the scripts that compare results.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Cell">The cell's name.</param>
/// <param name="Input">I.</param>
/// <param name="Hidden">H.</param>
/// <param name="Batch">B.</param>
/// <param name="Time">T.</param>
/// <param name="Mode">inference or training.</param>
/// <param name="Precision">fp32, tf32 or bf16: what factors of products are rounded to.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Milliseconds">Median of a pass.</param>
/// <param name="MillisecondsMin">Fastest pass.</param>
/// <param name="MillisecondsMax">Slowest pass.</param>
/// <param name="MicrosecondsPerStep">Median of a pass, divided by T.</param>
/// <param name="Gflops">Operations of the matrix products a second; a training pass counts three forward ones.</param>
/// <param name="PeakShare">Part of the peak measured in the same run; null where the device's peak is not measured.</param>
/// <param name="Schedule">The schedule of the time loop.</param>
/// <param name="Commit">The sources.</param>
internal sealed record BenchmarkResult(
    string Device,
    string Cell,
    int Input,
    int Hidden,
    int Batch,
    int Time,
    string Mode,
    string Precision,
    int Threads,
    double Milliseconds,
    double MillisecondsMin,
    double MillisecondsMax,
    double MicrosecondsPerStep,
    double Gflops,
    double? PeakShare,
    string Schedule,
    string Commit)
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        WriteIndented = true,
    };

    /// <summary>One JSON object.</summary>
    public string ToJson()
    {
        return JsonSerializer.Serialize(this, s_options);
    }
}
