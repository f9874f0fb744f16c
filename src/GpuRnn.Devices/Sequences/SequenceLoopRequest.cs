namespace GpuRnn.Devices.Sequences;

/// <summary>Everything an executor must know to prepare the time loop of one layer in one direction.</summary>
/// <param name="Graph">The cell's step.</param>
/// <param name="Layout">The rows of each step.</param>
/// <param name="IsReverse">True to run from the last step to the first.</param>
/// <param name="NeedsGradient">True when <see cref="ISequenceLoop.Backward"/> will be called.</param>
public sealed record SequenceLoopRequest(StepGraph Graph, SequenceLayout Layout, bool IsReverse, bool NeedsGradient)
{
    /// <summary>How far the loop may round the factors of its products; an executor that does not offer it says no.</summary>
    public ProductPrecision Precision { get; init; }

    /// <summary>True when <see cref="SequenceBackwardArguments.RecordedGradient"/> will be asked for.</summary>
    /// <remarks>Only executors with <see cref="ISequenceExecutor.RecordsGradients"/> are then asked.</remarks>
    public bool RecordsGradients { get; init; }

    /// <summary>For each state, whether its history is read behind the loop; null where all are.</summary>
    public IReadOnlyList<bool>? KeptStates { get; init; }
}
