namespace GpuRnn.Scheduling.Reference;

/// <summary>Results of one forward pass of <see cref="ReferenceRecurrent"/>, with what its backward pass needs.</summary>
public sealed class ReferenceRecurrentPass
{
    internal ReferenceRecurrentPass(
        SequencePacking packing,
        IReadOnlyList<double[]> parameters,
        IReadOnlyList<double[]>? dropoutMasks,
        IReadOnlyList<double[]> finalStates)
    {
        Packing = packing;
        Parameters = parameters;
        DropoutMasks = dropoutMasks;
        FinalStates = finalStates;
    }

    /// <summary>[T, B, D·width of the output state]; zero beyond a row's length.</summary>
    public double[] Output { get; internal set; } = [];

    /// <summary>For each state, [L·D, B, width] after each row's last step; the initial state for rows of length zero.</summary>
    public IReadOnlyList<double[]> FinalStates { get; }

    /// <summary>The passes of the layers and directions, layer by layer, rows packed.</summary>
    public IReadOnlyList<ReferenceSequencePass> Passes => Loops;

    internal SequencePacking Packing { get; }

    internal IReadOnlyList<double[]> Parameters { get; }

    internal IReadOnlyList<double[]>? DropoutMasks { get; }

    internal List<ReferenceSequencePass> Loops { get; } = [];
}
