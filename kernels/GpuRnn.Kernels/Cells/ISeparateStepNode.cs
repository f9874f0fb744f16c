namespace GpuRnn.Kernels.Cells;

/// <summary>A node that runs beside others of its step, without a product, or with more inputs than the step's product has blocks.</summary>
/// <remarks>Kernels that hold a whole step of one product and one node cannot take it, so none is compiled for it.</remarks>
public interface ISeparateStepNode : IStepNode
{
}
