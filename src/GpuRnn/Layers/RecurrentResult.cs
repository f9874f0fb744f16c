using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>What a pass through a <see cref="Recurrent"/> gives; it belongs to the tape.</summary>
/// <param name="Output">
/// The last layer's hidden state of every step, [T, B, D·H], or [B, T, D·H] where batch comes first; 0 at absent steps.
/// </param>
/// <param name="State">Every layer's state after each row's last step that is there; usable as the next initial state.</param>
public sealed record RecurrentResult(Tensor Output, RecurrentState State);
