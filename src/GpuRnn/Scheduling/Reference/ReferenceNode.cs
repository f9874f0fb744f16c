using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Scheduling.Reference;

/// <summary>Closes a node's generic mathematics over the double lane and the reference's slots.</summary>
/// <typeparam name="TNode">The node's implementation.</typeparam>
internal sealed class ReferenceNode<TNode> : IReferenceNode
    where TNode : struct, IStepNode
{
    /// <inheritdoc/>
    public void Forward(ReferenceSequencePass pass, PointwiseNode node, int row, int unit)
    {
        ReferenceSlots slots = new(pass, node, row, unit);
        TNode.Forward<F64, ReferenceSlots>(ref slots);
    }

    /// <inheritdoc/>
    public void Backward(ReferenceSequencePass pass, ReferenceSequenceGradients gradients, PointwiseNode node, int row, int unit)
    {
        ReferenceGradientSlots slots = new(pass, gradients, node, row, unit);
        TNode.Backward<F64, ReferenceGradientSlots>(ref slots);
    }
}
