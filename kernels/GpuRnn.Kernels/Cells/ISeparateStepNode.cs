namespace GpuRnn.Kernels.Cells;

/// <summary>A node that runs beside others of its step, or reads more than one input for each block of the step's product.</summary>
/// <remarks>Kernels that hold a whole step of one product and one node cannot take it, so none is compiled for it.</remarks>
public interface ISeparateStepNode : IStepNode
{
}
