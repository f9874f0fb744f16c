using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Sequences;

/// <summary>Memory of one forward pass over the time loop. All rows are packed as the layout says.</summary>
/// <remarks>
/// Reverse loops: step t reads its previous state from step t+1; a row that enters at step t reads its initial state.
/// States and values of a step are written for that step's rows only.
/// </remarks>
public sealed class SequenceForwardArguments
{
    /// <summary>Results of the hoisted nodes (products with bias, sequences as they are), [TotalRows, InputWidth].</summary>
    /// <remarks>Slots of hoisted products hold nothing where the loop <see cref="ISequenceLoop.MultipliesSequences"/>. Not modified, but for the slots that a normalisation acts on: the loop leaves its results there.</remarks>
    public required RowsView Inputs { get; init; }

    /// <summary>
    /// For each sequence of the graph, its packed rows, [TotalRows, width]; absent views mean zeros. Given to loops that
    /// <see cref="ISequenceLoop.MultipliesSequences"/>; no entry where the plan ran the hoisted products.
    /// </summary>
    public IReadOnlyList<RowsView> Sequences { get; init; } = [];

    /// <summary>For each hoisted product in graph order, its whole weight parameter; no entry where <see cref="Sequences"/> has none.</summary>
    public IReadOnlyList<ArrayView<float>> SequenceWeights { get; init; } = [];

    /// <summary>For each hoisted product in graph order, its whole bias parameter, or an empty view; no entry where <see cref="Sequences"/> has none.</summary>
    public IReadOnlyList<ArrayView<float>> SequenceBiases { get; init; } = [];

    /// <summary>
    /// A promise: passes of one loop that bring the same number bring the same elements in all weights and biases of products. Null promises nothing.
    /// </summary>
    public long? WeightsVersion { get; set; }

    /// <summary>For each step product in graph order, its whole weight parameter, row-major [rows, K]; <see cref="ProductNode.FirstRow"/> applies.</summary>
    public required IReadOnlyList<ArrayView<float>> Weights { get; init; }

    /// <summary>For each step product in graph order, its whole bias parameter, or an empty view; <see cref="ProductNode.FirstRow"/> applies.</summary>
    public required IReadOnlyList<ArrayView<float>> Biases { get; init; }

    /// <summary>For each learned per-unit vector of the graph, its elements.</summary>
    public required IReadOnlyList<ArrayView<float>> Parameters { get; init; }

    /// <summary>For each running statistic of the graph, its elements; modified by normalisations that are not frozen.</summary>
    public IReadOnlyList<ArrayView<float>> Statistics { get; init; } = [];

    /// <summary>For each state, [B, width] at the start, in row order of the layout; an absent view means zeros.</summary>
    public required IReadOnlyList<RowsView> InitialStates { get; init; }

    /// <summary>For each state, its history, [TotalRows, width]; written. Rows are the layout's packed rows.</summary>
    /// <remarks>States that <see cref="SequenceLoopRequest.KeptStates"/> does not name may hold anything afterwards.</remarks>
    public required IReadOnlyList<RowsView> States { get; init; }

    /// <summary>For each value slot, its history, [TotalRows, width]; written.</summary>
    /// <remarks>Must be present when a gradient is needed; otherwise may be absent, and the executor uses scratch of its own.</remarks>
    public required IReadOnlyList<RowsView> Values { get; init; }

    /// <summary>For each state, [B, width] after each row's last step (the initial state for rows of length zero); written.</summary>
    public required IReadOnlyList<RowsView> FinalStates { get; init; }
}
