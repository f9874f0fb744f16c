using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>What a decoder gives for some steps; it belongs to the tape.</summary>
/// <param name="Features">[T, B, F]: what the output layer turns into scores of tokens.</param>
/// <param name="State">Where the next step goes on.</param>
/// <param name="Weights">[T, B, S]: how much of each source step was read; null without attention.</param>
public sealed record DecoderResult(Tensor Features, DecoderState State, Tensor? Weights);
