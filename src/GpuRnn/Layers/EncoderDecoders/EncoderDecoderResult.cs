using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>What an <see cref="EncoderDecoder"/> gives for targets that are known; it belongs to the tape.</summary>
/// <param name="Logits">[T, B, V]: the score of each token at each step, before the softmax.</param>
/// <param name="Weights">[T, B, S]: how much of each source step was read; null without attention.</param>
public sealed record EncoderDecoderResult(Tensor Logits, Tensor? Weights);
