namespace GpuRnn.Devices.Sequences;

/// <summary>One time step of a cell, as nodes in execution order; the whole of what an executor knows about a cell.</summary>
/// <param name="Name">The cell's name, for plans and errors.</param>
/// <param name="SequenceWidths">Widths of the sequences known before the loop; number 0 is x.</param>
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
    /// <summary>The width of the state whose history is the layer's output.</summary>
    public int OutputWidth => States[OutputState].Width;

    /// <summary>The products that run once for all steps, in order.</summary>
    public IEnumerable<ProductNode> HoistedProducts => Nodes.OfType<ProductNode>().Where(node => node.IsHoisted);

    /// <summary>The products of the time loop, in order.</summary>
    public IEnumerable<ProductNode> StepProducts => Nodes.OfType<ProductNode>().Where(node => !node.IsHoisted);

    /// <summary>Elements a row of the hoisted products: the sum of their rows.</summary>
    public int InputWidth => HoistedProducts.Sum(node => node.Rows);

    /// <summary>Offset of each input slot in a row of the hoisted products.</summary>
    public IReadOnlyList<int> InputSlotOffsets => SlotOffsets(HoistedProducts);

    /// <summary>Elements a row of all step products: the sum of their rows.</summary>
    public int ProductWidth => StepProducts.Sum(node => node.Rows);

    /// <summary>Offset of each product slot in a row of the step products.</summary>
    public IReadOnlyList<int> ProductSlotOffsets => SlotOffsets(StepProducts);

    /// <summary>The splits that every node of the time loop permits.</summary>
    public StepSplits Splits => Nodes
        .Where(node => node is not ProductNode { IsHoisted: true })
        .Aggregate(StepSplits.Both, (splits, node) => splits & node.Splits);

    private static List<int> SlotOffsets(IEnumerable<ProductNode> products)
    {
        List<int> offsets = [];
        int offset = 0;
        foreach (ProductNode product in products)
        {
            for (int block = 0; block < product.BlockCount; block++)
            {
                offsets.Add(offset);
                offset += product.BlockWidth;
            }
        }

        return offsets;
    }
}
