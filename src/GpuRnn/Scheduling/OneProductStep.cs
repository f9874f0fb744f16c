using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling;

/// <summary>A step that kernels can hold in registers: one product of state 0 with all gates, and one pointwise node behind it.</summary>
/// <param name="Product">The product.</param>
/// <param name="Node">The node.</param>
internal sealed record OneProductStep(ProductNode Product, PointwiseNode Node)
{
    private const int MostStates = 2;
    private const int MostValues = 4;
    private const int MostGates = 4;
    private const int MostVectors = 3;

    /// <summary>Reads a graph as such a step.</summary>
    /// <param name="graph">The cell's step.</param>
    /// <param name="kernel">What the reason for a refusal calls the kernel.</param>
    /// <param name="holdsInputs">True where the kernel holds an input slot for each block of the product, false where it reads them from memory.</param>
    /// <param name="step">The step; null when it is refused.</param>
    public static SupportAnswer Read(StepGraph graph, string kernel, bool holdsInputs, out OneProductStep? step)
    {
        step = null;
        StepNode[] stepNodes = [.. graph.Nodes.Where(node => !node.IsHoisted)];
        if (stepNodes is not [ProductNode product, PointwiseNode node])
        {
            return SupportAnswer.No($"a step is {stepNodes.Length} nodes, and {kernel} is one product and one pointwise node behind it");
        }

        string? misfit = Misfit(graph, product, node, kernel, holdsInputs);
        if (misfit is not null)
        {
            return SupportAnswer.No(misfit);
        }

        step = new OneProductStep(product, node);
        return SupportAnswer.Yes("a step is one product and one pointwise node");
    }

    private static string? Misfit(StepGraph graph, ProductNode product, PointwiseNode node, string kernel, bool holdsInputs) =>
        !node.Implementation.IsValueType || !typeof(IStepNode).IsAssignableFrom(node.Implementation)
            ? $"node \"{node.Name}\" is implemented by {node.Implementation}, which is no struct that implements IStepNode"
        : graph.HasPeriods || node.IsShifted || product.FirstSourceUnit != 0
            ? $"its nodes run every few steps or cover a part of a state, and {kernel} runs all units at every step"
        : product.Source != StepSource.PreviousState(0) ? $"product \"{product.Name}\" reads {product.Source}, and {kernel} reads state 0 at t-1"
        : product.BlockCount > MostGates ? $"product \"{product.Name}\" has {product.BlockCount} blocks, and a tile holds at most {MostGates}"
        : holdsInputs && graph.InputSlotOffsets.Count > product.BlockCount
            ? $"the cell has {graph.InputSlotOffsets.Count} input slots, and {kernel} keeps one for each of the product's {product.BlockCount} blocks"
        : graph.States.Count > MostStates ? $"the cell has {graph.States.Count} states, and {kernel} keeps at most {MostStates}"
        : graph.Values.Count > MostValues ? $"the cell has {graph.Values.Count} values, and {kernel} keeps at most {MostValues}"
        : graph.Parameters.Count > MostVectors ? $"the cell has {graph.Parameters.Count} learned vectors, and {kernel} reads at most {MostVectors}"
        : HasOneWidth(graph, product, node) ? null
        : $"its blocks, states and values differ in width, and {kernel} gives a thread the same units of all";

    private static bool HasOneWidth(StepGraph graph, ProductNode product, PointwiseNode node)
    {
        int width = node.Width;
        return product.BlockWidth == width && product.SourceWidth == width
            && graph.States.All(state => state.Width == width)
            && graph.Values.All(value => value.Width == width)
            && graph.Parameters.All(parameter => parameter.Width == width)
            && graph.InputSlotOffsets.Select((offset, slot) => offset == slot * width).All(isRight => isRight)
            && graph.InputWidth == graph.InputSlotOffsets.Count * width;
    }
}
