using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Cli.Benchmarking;

/// <summary>What to time: one recurrent layer, one shape.</summary>
/// <param name="Device">auto or a device's id.</param>
/// <param name="Cell">The cell's name.</param>
/// <param name="InputSize">I.</param>
/// <param name="HiddenSize">H.</param>
/// <param name="BatchSize">B.</param>
/// <param name="TimeSteps">T.</param>
/// <param name="IsTraining">True for forward, backward and the Adam update; false for forward alone.</param>
/// <param name="Precision">fp32, tf32 or bf16.</param>
/// <param name="Threads">Threads of the CPU device.</param>
internal sealed record BenchmarkRequest(
    string Device, string Cell, int InputSize, int HiddenSize, int BatchSize, int TimeSteps, bool IsTraining, string Precision, int Threads)
{
    /// <summary>What the layer adds to the cell's step.</summary>
    public StepOptions Step { get; init; } = StepOptions.None;
}
