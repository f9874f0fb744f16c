using GpuRnn.Layers;

namespace GpuRnn.Training;

/// <summary>Pairs of token sequences for a model that turns one into the other: the inputs are the sources, the classes the targets.</summary>
public sealed class SequencePairBatch : Batch
{
    /// <summary>What the decoder is given before each step, row-major [T, B]: the start token, then the target without its last one.</summary>
    public required float[] TargetInputs { get; init; }

    /// <summary>Which steps of the targets are there, end token included.</summary>
    public required SequenceMask TargetMask { get; init; }

    /// <summary>That of the targets, as the model's output has their steps.</summary>
    public override SequenceMask? OutputMask => TargetMask;
}
