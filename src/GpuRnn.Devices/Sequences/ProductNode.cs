namespace GpuRnn.Devices.Sequences;

/// <summary>The product of a weight with a row vector, plus a bias: [B, K] · Wᵀ + b = [B, N].</summary>
/// <param name="Name">Names the node in plans and errors.</param>
/// <param name="Source">The row vector. A product of a sequence is hoisted out of the time loop.</param>
/// <param name="Weight">Name of the parameter that holds the weight, rows × K, row-major.</param>
/// <param name="Bias">Name of the parameter that holds the bias, or null.</param>
/// <param name="FirstRow">First row of the weight (and bias) that this product uses.</param>
/// <param name="BlockCount">Number of blocks of <paramref name="BlockWidth"/> rows.</param>
/// <param name="BlockWidth">Units in a block; equal to the units of the node that reads it.</param>
/// <param name="SourceWidth">K, the elements of the row vector that it reads.</param>
/// <param name="FirstSlot">The slot number of the first block: an input slot when hoisted, else a product slot.</param>
public sealed record ProductNode(
    string Name,
    StepSource Source,
    string Weight,
    string? Bias,
    int FirstRow,
    int BlockCount,
    int BlockWidth,
    int SourceWidth,
    int FirstSlot) : StepNode(Name)
{
    /// <summary>
    /// The first input slot of the hoisted products whose gradients always equal those of this product's blocks, one after the other;
    /// null where the cell does not promise it.
    /// </summary>
    /// <remarks>True where the node only ever adds product and input. The plan then gives both gradients the same memory.</remarks>
    public int? TiedToInputSlot { get; init; }

    /// <summary>The first element of the source that the product reads; it reads <see cref="SourceWidth"/> from there.</summary>
    public int FirstSourceUnit { get; init; }

    /// <summary>Into how many neighbouring blocks each a normalisation divides the product; null for all blocks together.</summary>
    public IReadOnlyList<int>? NormalisedTogether { get; init; }

    /// <inheritdoc/>
    public override bool IsHoisted => Source.Kind == StepSourceKind.Sequence;

    /// <summary>N, the rows of the weight used: blocks times units.</summary>
    public int Rows => BlockCount * BlockWidth;

    /// <inheritdoc/>
    public override StepSplits Splits => StepSplits.Both;
}
