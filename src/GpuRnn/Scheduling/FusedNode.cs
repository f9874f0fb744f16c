using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling;

/// <summary>A pointwise node of a step and the product whose sums it takes out of registers.</summary>
/// <param name="Node">The node.</param>
/// <param name="Product">The product in front of it; null where it has none that it alone reads in tiles of its own width.</param>
/// <param name="Apart">Products before it that get a launch of their own.</param>
/// <param name="SlotCount">Product slots of the whole step.</param>
internal sealed record FusedNode(PointwiseNode Node, ProductNode? Product, IReadOnlyList<ProductNode> Apart, int SlotCount)
{
    private const int MostStates = 3;
    private const int MostBlocks = 4;

    /// <summary>The node's product slot that the product's first block fills; behind all slots where there is no such product, so that all are read from memory.</summary>
    public int FirstSlot => Product is null ? SlotCount : Product.FirstSlot - Node.FirstProductSlot;

    /// <summary>Reads a graph as such nodes, one behind the other.</summary>
    /// <param name="graph">The cell's step.</param>
    /// <param name="productsRead">The product slots that a node's implementation reads.</param>
    /// <param name="nodes">The nodes; null when the graph is refused.</param>
    public static SupportAnswer Read(StepGraph graph, Func<Type, IReadOnlyCollection<int>> productsRead, out IReadOnlyList<FusedNode>? nodes)
    {
        nodes = null;
        StepNode[] stepNodes = [.. graph.Nodes.Where(node => !node.IsHoisted)];
        PointwiseNode[] pointwise = [.. stepNodes.OfType<PointwiseNode>()];
        string? misfit = Array.Find(stepNodes, node => node is not (ProductNode or PointwiseNode)) is StepNode other
            ? $"a step has \"{other.Name}\", and the fused kernels hold products and pointwise nodes alone"
            : Array.Find(pointwise, node => !node.Implementation.IsValueType || !typeof(IStepNode).IsAssignableFrom(node.Implementation)) is PointwiseNode foreign
            ? $"node \"{foreign.Name}\" is implemented by {foreign.Implementation}, which is no struct that implements IStepNode"
            : graph.States.Count > MostStates ? $"the cell has {graph.States.Count} states, and the fused kernels keep at most {MostStates}"
            : null;
        if (misfit is not null)
        {
            return SupportAnswer.No(misfit);
        }

        Dictionary<PointwiseNode, HashSet<int>> read = pointwise.ToDictionary(
            node => node, node => productsRead(node.Implementation).Select(slot => slot + node.FirstProductSlot).ToHashSet());
        List<FusedNode> found = [];
        List<ProductNode> pending = [];
        foreach (StepNode node in stepNodes)
        {
            if (node is ProductNode product)
            {
                pending.Add(product);
            }
            else if (node is PointwiseNode reader)
            {
                ProductNode? last = pending.Count > 0 && Fits(pending[^1], reader, pointwise, read) ? pending[^1] : null;
                found.Add(new FusedNode(reader, last, [.. pending.Where(one => one != last)], graph.ProductSlotOffsets.Count));
                pending.Clear();
            }
        }

        nodes = found;
        return SupportAnswer.Yes("a step is products and pointwise nodes");
    }

    // Its sums leave the registers nowhere else.
    private static bool Fits(ProductNode product, PointwiseNode reader, PointwiseNode[] all, Dictionary<PointwiseNode, HashSet<int>> read)
    {
        IEnumerable<int> slots = Enumerable.Range(product.FirstSlot, product.BlockCount);
        return product.BlockWidth == reader.Width && product.BlockCount <= MostBlocks && product.FirstSlot >= reader.FirstProductSlot
            && !all.Any(node => node != reader && read[node].Overlaps(slots));
    }
}
