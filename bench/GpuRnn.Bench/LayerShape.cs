using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Bench;

/// <summary>A recurrent layer and the batch it runs.</summary>
/// <param name="Cell">What one time step computes.</param>
/// <param name="GateCount">G, blocks of H rows in the cell's weights.</param>
/// <param name="TimeSteps">T.</param>
/// <param name="BatchSize">B.</param>
/// <param name="InputSize">I.</param>
/// <param name="HiddenSize">H.</param>
public sealed record LayerShape(Cell Cell, int GateCount, int TimeSteps, int BatchSize, int InputSize, int HiddenSize) : IWorkload
{
    // Backward forms the gradients of the inputs and of the weights: two products for each one of the forward pass.
    private const int PassesPerTrainingStep = 3;

    /// <inheritdoc/>
    public double Operations(string method) =>
        2.0 * TimeSteps * BatchSize * GateCount * HiddenSize * (InputSize + HiddenSize)
        * (method == nameof(LayerBenchmark.TrainingStep) ? PassesPerTrainingStep : 1);

    /// <inheritdoc/>
    public override string ToString() => $"{Cell.Name} T{TimeSteps} B{BatchSize} I{InputSize} H{HiddenSize}";
}
