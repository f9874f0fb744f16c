using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>Gives the nodes of a step graph that have a forward pass alone their backward pass.</summary>
/// <remarks>
/// A step function is run once on a lane that remembers every operation; the chain rule over these, last one first, is the backward pass, and
/// both become a type like that of a node written by hand. See <c>docs/decisions/0022-automatic-derivatives.md</c>.
/// </remarks>
public static class AutomaticDerivatives
{
    /// <summary>The graph with every <see cref="IStepFunction"/> that is no <see cref="IStepNode"/> turned into one.</summary>
    /// <param name="graph">
    /// A cell's step. What its functions write is found: leave <see cref="PointwiseNode.WrittenStates"/> and
    /// <see cref="PointwiseNode.WrittenValues"/> empty. Nodes with a backward pass of their own stay as they are.
    /// </param>
    /// <returns>
    /// The graph with further values, which the functions' backward passes read, and with products tied to inputs where their gradients are the
    /// same; <paramref name="graph"/> itself when it has no such function.
    /// </returns>
    /// <exception cref="ArgumentException">A function reads or writes a slot that the graph does not have, or that is not there yet.</exception>
    /// <exception cref="KernelNotSupportedException">A function does what kernels may not; names the rule, the file and the line.</exception>
    public static StepGraph Complete(StepGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Nodes.OfType<PointwiseNode>().Any(IsFunction) ? new GraphCompletion(graph).Run() : graph;
    }

    /// <summary>True for a node whose backward pass is to be found.</summary>
    internal static bool IsFunction(PointwiseNode node) => !typeof(IStepNode).IsAssignableFrom(node.Implementation);
}
