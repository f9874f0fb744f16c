using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Layers;

/// <summary>The sizes and the form of a <see cref="Recurrent"/> layer stack.</summary>
public sealed record RecurrentOptions
{
    /// <summary>I, the last axis of the input; at least 1.</summary>
    public required int InputSize { get; init; }

    /// <summary>H, the size of the hidden state of each layer and direction; at least 1.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>L, stacked layers, each reading the one below; at least 1.</summary>
    public int LayerCount { get; init; } = 1;

    /// <summary>True for a second direction from the last step to the first; the output holds both, forward first.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>True where input and output are [B, T, ·] instead of [T, B, ·]; states stay [L·D, B, ·], as in PyTorch.</summary>
    public bool BatchFirst { get; init; }

    /// <summary>In training mode, the probability of setting an element between two layers to 0; in [0, 1).</summary>
    public float Dropout { get; init; }

    /// <summary>
    /// True where a pass starts from the states that the pass before ended with, until <see cref="Module.ResetState()"/>; for one direction alone.
    /// </summary>
    /// <remarks>Gradients end where a pass of the tape begins, as in truncated backpropagation through time.</remarks>
    public bool IsStateful { get; init; }

    /// <summary>What is added to the step of the cell itself: zoneout and dropout of the past.</summary>
    public StepOptions Step { get; init; } = StepOptions.None;
}
