namespace GpuRnn.Kernels.Cells;

/// <summary>A node that is a whole step without a product: its units hear only their own past.</summary>
/// <remarks>Kernels that run all steps in one launch are compiled for it.</remarks>
public interface IUnitStepNode : ISeparateStepNode
{
}
