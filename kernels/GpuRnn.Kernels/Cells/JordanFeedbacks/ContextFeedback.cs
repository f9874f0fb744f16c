namespace GpuRnn.Kernels.Cells.JordanFeedbacks;

/// <summary>The context alone, as Jordan (1986) has it.</summary>
public readonly struct ContextFeedback : IJordanFeedback
{
    /// <inheritdoc/>
    public static int ProductCount => 1;
}
