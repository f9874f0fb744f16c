namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>A node that an option of recurrent layers puts around or beside the nodes of any cell.</summary>
/// <remarks>Its type parameters have no end of choices, so the kernel catalogue leaves it out; the cases of layers with options run it.</remarks>
public interface IAmendingNode : IStepNode
{
}
