namespace GpuRnn.Kernels.Cells.JordanFeedbacks;

/// <summary>The context, projected back from the output, beside the hidden units' own recurrence.</summary>
public readonly struct ContextAndHiddenFeedback : IJordanFeedback
{
    /// <inheritdoc/>
    public static int ProductCount => 2;
}
