using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Cells.Amendments;

/// <summary>The moves that amendments of a step graph share.</summary>
internal static class GraphParts
{
    /// <summary>The graph's nodes with further masks behind all that runs before the loop, so that no slot of the cell's own changes its number.</summary>
    public static IReadOnlyList<StepNode> WithMasks(this StepGraph graph, IEnumerable<StepNode> stepNodes, IEnumerable<MaskNode> masks)
    {
        return [.. graph.Nodes.Where(node => node.IsHoisted), .. masks, .. stepNodes];
    }

    /// <summary>The weights of the products with the past: those that multiply a state at t−1 somewhere in the step.</summary>
    public static IEnumerable<string> RecurrentWeights(this StepGraph graph)
    {
        return graph.StepProducts.Where(product => product.Source.Kind == StepSourceKind.PreviousState).Select(product => product.Weight).Distinct();
    }

    /// <summary>The nodes of the time loop.</summary>
    public static IEnumerable<StepNode> StepNodes(this StepGraph graph)
    {
        return graph.Nodes.Where(node => !node.IsHoisted);
    }
}
