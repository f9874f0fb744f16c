namespace GpuRnn.Kernels.Cells.JordanFeedbacks;

/// <summary>What comes back to the hidden units of a Jordan network.</summary>
public interface IJordanFeedback
{
    /// <summary>The products of it, which are the first product slots; the output's product has the slot behind them.</summary>
    static abstract int ProductCount { get; }
}
