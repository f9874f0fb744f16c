using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Everything a decoder carries from one step to the next, and what it reads at each.</summary>
/// <param name="Recurrent">The state of its recurrent layer.</param>
/// <param name="Feedback">[1, B, F]: its last features where it feeds them back; null where not.</param>
/// <param name="Context">[1, B, C]: the same vector at every step; null where it has none.</param>
/// <param name="Memory">What its attention reads; null where it has none.</param>
public sealed record DecoderState(RecurrentState Recurrent, Tensor? Feedback, Tensor? Context, AttentionMemory? Memory);
