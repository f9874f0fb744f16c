using GpuRnn.Devices.Sequences;
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

    /// <summary>How far the factors of products may be rounded; devices refuse what they have not.</summary>
    /// <remarks>
    /// A processor has <see cref="ProductPrecision.BFloat16"/> for inference of at most four rows, where the time is that of reading weights: it rounds the weights alone, to
    /// the nearest with ties to even, and sums products of single precision. A weight then has a relative error of at most 2⁻⁸, and what a unit sums over its
    /// inputs x one of at most 2⁻⁸ · Σ|w·x|, beside that of single precision. Biases and states are not rounded. GPUs with tensor cores round both factors, in training too.
    /// </remarks>
    public ProductPrecision Precision { get; init; }

    /// <summary>What is added to the step of the cell itself: zoneout and dropout of the past.</summary>
    public StepOptions Step { get; init; } = StepOptions.None;
}
