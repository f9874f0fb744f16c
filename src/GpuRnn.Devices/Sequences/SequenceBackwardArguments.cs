using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Sequences;

/// <summary>Memory of one backward pass over the time loop; the forward pass's arguments with the same content go before it.</summary>
public sealed class SequenceBackwardArguments
{
    /// <summary>The arguments of the forward pass, with the states and values it wrote.</summary>
    public required SequenceForwardArguments Forward { get; init; }

    /// <summary>For each state, the gradient of its history from outside the loop, [TotalRows, width]; absent means zeros. Not modified.</summary>
    public required IReadOnlyList<RowsView> StateGradients { get; init; }

    /// <summary>For each state, the gradient of its final value, [B, width]; absent means zeros. Not modified.</summary>
    public required IReadOnlyList<RowsView> FinalStateGradients { get; init; }

    /// <summary>Receives the gradient of the hoisted nodes' results, [TotalRows, InputWidth]; every element is written.</summary>
    public required RowsView InputGradients { get; init; }

    /// <summary>For each step product in graph order, receives the gradient of its result, [TotalRows, N]; every element is written.</summary>
    /// <remarks>May be the very memory of <see cref="InputGradients"/> where the cell gives both the same gradient (tied).</remarks>
    public required IReadOnlyList<RowsView> ProductGradients { get; init; }

    /// <summary>For each state, receives the gradient of the initial state, [B, width]; absent when not wanted. Every element is written.</summary>
    public required IReadOnlyList<RowsView> InitialStateGradients { get; init; }

    /// <summary>
    /// Receives the gradient of the output state at every step from everything that depends on it, [TotalRows, width]; absent when nobody
    /// asked for it through <see cref="SequenceLoopRequest.RecordsGradients"/>. Every element is written.
    /// </summary>
    public RowsView RecordedGradient { get; init; }

    /// <summary>For each learned per-unit vector, receives its gradient added to what is there.</summary>
    public required IReadOnlyList<ArrayView<float>> ParameterGradients { get; init; }
}
