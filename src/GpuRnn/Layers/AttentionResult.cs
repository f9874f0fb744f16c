using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>What a query reads; it belongs to the tape.</summary>
/// <param name="Context">[T, B, K]: the weighted sums of the values.</param>
/// <param name="Weights">[T, B, S]: how much of each value; a row adds up to 1, absent steps have exactly 0.</param>
public sealed record AttentionResult(Tensor Context, Tensor Weights);
