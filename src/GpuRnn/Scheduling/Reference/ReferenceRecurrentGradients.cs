namespace GpuRnn.Scheduling.Reference;

/// <summary>All gradients of one backward pass of <see cref="ReferenceRecurrent"/>.</summary>
/// <param name="Input">[T, B, I]; zero beyond a row's length.</param>
/// <param name="Parameters">In the order layer, direction, cell parameter.</param>
/// <param name="InitialStates">For each state, [L·D, B, width].</param>
public sealed record ReferenceRecurrentGradients(
    double[] Input,
    IReadOnlyList<double[]> Parameters,
    IReadOnlyList<double[]> InitialStates)
{
    /// <summary>
    /// For each layer and direction, the gradient of its output state at every step from everything that depends on it, [T, B, width]; zero beyond a row's length.
    /// </summary>
    public IReadOnlyList<double[]> OutputStates { get; init; } = [];
}
