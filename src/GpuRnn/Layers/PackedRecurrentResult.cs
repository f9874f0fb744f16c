namespace GpuRnn.Layers;

/// <summary>What a pass of a <see cref="Recurrent"/> over a packed batch gives; it belongs to the tape.</summary>
/// <param name="Output">The last layer's hidden state of every step, [N, D·H].</param>
/// <param name="State">Every layer's state after each row's last step, in the batch's own order of rows.</param>
public sealed record PackedRecurrentResult(PackedSequence Output, RecurrentState State);
