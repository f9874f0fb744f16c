namespace GpuRnn.Devices.Sequences;

/// <summary>One time step of a cell, as nodes in execution order; the whole of what an executor knows about a cell.</summary>
/// <param name="Name">The cell's name, for plans and errors.</param>
/// <param name="SequenceWidths">
/// Widths of the sequences known before the loop: number 0 is x, number k + 1 is state k of the layer below in the same direction.
/// </param>
/// <param name="States">What is carried from step to step.</param>
/// <param name="Values">What lives within a step.</param>
/// <param name="Parameters">Learned per-unit vectors.</param>
/// <param name="Nodes">The nodes in execution order; each reads only what earlier nodes, t−1 or the sequences provide.</param>
/// <param name="OutputState">The number of the state whose history is the layer's output.</param>
public sealed record StepGraph(
    string Name,
    IReadOnlyList<int> SequenceWidths,
    IReadOnlyList<StepState> States,
    IReadOnlyList<StepValue> Values,
    IReadOnlyList<StepParameter> Parameters,
    IReadOnlyList<StepNode> Nodes,
    int OutputState)
{
    /// <summary>Running statistics that normalisations of the loop read and move; each the name of a constant of the cell, and its elements.</summary>
    public IReadOnlyList<StepParameter> Statistics { get; init; } = [];

    /// <summary>The normalisations of the time loop, in order.</summary>
    public IEnumerable<NormalisationNode> Normalisations => Nodes.OfType<NormalisationNode>();

    /// <summary>The width of the state whose history is the layer's output.</summary>
    public int OutputWidth => States[OutputState].Width;

    /// <summary>The products that run once for all steps, in order.</summary>
    public IEnumerable<ProductNode> HoistedProducts => Nodes.OfType<ProductNode>().Where(node => node.IsHoisted);

    /// <summary>The products of the time loop, in order.</summary>
    public IEnumerable<ProductNode> StepProducts => Nodes.OfType<ProductNode>().Where(node => !node.IsHoisted);

    /// <summary>The sequences that pointwise nodes read as they are, in order.</summary>
    public IEnumerable<SequenceNode> SequenceNodes => Nodes.OfType<SequenceNode>();

    /// <summary>The random factors that pointwise nodes read, in order.</summary>
    public IEnumerable<MaskNode> Masks => Nodes.OfType<MaskNode>();

    /// <summary>Elements a row of the inputs: the rows of the hoisted products and the widths of the sequence nodes and masks together.</summary>
    public int InputWidth => SlotWidths(true).Sum();

    /// <summary>Offset of each input slot in a row of the inputs.</summary>
    public IReadOnlyList<int> InputSlotOffsets => SlotOffsets(SlotWidths(true));

    /// <summary>Elements a row of all step products: the sum of their rows.</summary>
    public int ProductWidth => StepProducts.Sum(node => node.Rows);

    /// <summary>Offset of each product slot in a row of the step products.</summary>
    public IReadOnlyList<int> ProductSlotOffsets => SlotOffsets(SlotWidths(false));

    /// <summary>The splits that every node of the time loop permits.</summary>
    public StepSplits Splits => Nodes
        .Where(node => !node.IsHoisted)
        .Aggregate(StepSplits.Both, (splits, node) => splits & node.Splits);

    /// <summary>True when some node does not run at every step.</summary>
    public bool HasPeriods => Nodes.Any(node => node.Period != 1);

    /// <summary>The input slots that belong to a pointwise node which does not run at every step: from its first to the next node's.</summary>
    public IEnumerable<int> InputSlotsOf(PointwiseNode node)
    {
        int end = Nodes.OfType<PointwiseNode>()
            .Select(other => other.FirstInputSlot)
            .Where(slot => slot > node.FirstInputSlot)
            .DefaultIfEmpty(InputSlotOffsets.Count)
            .Min();
        return Enumerable.Range(node.FirstInputSlot, end - node.FirstInputSlot);
    }

    /// <summary>True when a node reads the sequence.</summary>
    /// <param name="sequence">0 for x, k + 1 for state k of the layer below.</param>
    public bool ReadsSequence(int sequence)
    {
        StepSource source = StepSource.Sequence(sequence);
        return HoistedProducts.Any(node => node.Source == source) || SequenceNodes.Any(node => node.Source == source);
    }

    private IEnumerable<int> SlotWidths(bool isHoisted)
    {
        return Nodes.Where(node => node.IsHoisted == isHoisted).SelectMany(node => node switch
        {
            ProductNode product => Enumerable.Repeat(product.BlockWidth, product.BlockCount),
            SequenceNode sequence => [sequence.Width],
            MaskNode mask => [mask.Width],
            _ => [],
        });
    }

    private static List<int> SlotOffsets(IEnumerable<int> widths)
    {
        List<int> offsets = [];
        int offset = 0;
        foreach (int width in widths)
        {
            offsets.Add(offset);
            offset += width;
        }

        return offsets;
    }
}
