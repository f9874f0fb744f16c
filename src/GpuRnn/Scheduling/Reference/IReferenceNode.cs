using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Reference;

/// <summary>A pointwise node of unknown type, run in double precision.</summary>
internal interface IReferenceNode
{
    /// <summary>Runs the node forwards at one unit of one packed row.</summary>
    void Forward(ReferenceSequencePass pass, PointwiseNode node, int row, int unit);

    /// <summary>Runs the node backwards at one unit of one packed row.</summary>
    void Backward(ReferenceSequencePass pass, ReferenceSequenceGradients gradients, PointwiseNode node, int row, int unit);
}
