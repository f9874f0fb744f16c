namespace GpuRnn.Layers;

/// <summary>How strongly the loss reaches each time step of one layer.</summary>
/// <param name="Layer">0 reads the input.</param>
/// <param name="IsReverse">True for the direction from the last step to the first.</param>
/// <param name="Norms">
/// [T]: the Euclidean norm of ∂L/∂h_t over all rows and units of the batch; 0 where no row has the step. A mean loss divides it by its count.
/// </param>
public sealed record GradientTrace(int Layer, bool IsReverse, IReadOnlyList<double> Norms);
