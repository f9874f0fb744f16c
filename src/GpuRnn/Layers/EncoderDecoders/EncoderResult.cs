using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>What an <see cref="Encoder"/> made of the sources; it belongs to the tape.</summary>
/// <param name="Output">[S, B, D·H]: the state of every step, 0 at absent ones.</param>
/// <param name="State">Every layer's state after each row's last step.</param>
/// <param name="Mask">Which steps are there; null when all are.</param>
/// <param name="OutputState">Which of the states is the output.</param>
public sealed record EncoderResult(Tensor Output, RecurrentState State, SequenceMask? Mask, int OutputState);
