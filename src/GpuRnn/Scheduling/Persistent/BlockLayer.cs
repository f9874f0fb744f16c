using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>What is divided among blocks.</summary>
/// <param name="Gates">Blocks of the step's product.</param>
/// <param name="Width">Units.</param>
/// <param name="BatchSize">B.</param>
/// <param name="NeedsGradient">True when the backward pass is divided too.</param>
public sealed record BlockLayer(int Gates, int Width, int BatchSize, bool NeedsGradient)
{
    /// <summary>What the factors of products are rounded to.</summary>
    public ProductPrecision Precision { get; init; }
}
