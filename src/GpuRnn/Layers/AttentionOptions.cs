namespace GpuRnn.Layers;

/// <summary>The sizes and the score of an <see cref="Attention"/>.</summary>
public sealed record AttentionOptions
{
    /// <summary>How queries and values are compared.</summary>
    public AttentionScore Score { get; init; } = AttentionScore.Additive;

    /// <summary>Q, the last axis of the queries; at least 1.</summary>
    public required int QuerySize { get; init; }

    /// <summary>K, the last axis of the values; at least 1, and Q for <see cref="AttentionScore.Dot"/>.</summary>
    public required int ValueSize { get; init; }

    /// <summary>
    /// True divides the inner products of <see cref="AttentionScore.Dot"/> and <see cref="AttentionScore.General"/> by √Q (Vaswani et al. 2017), so that they do
    /// not grow with the size; the other scores are bounded by their vector and refuse it.
    /// </summary>
    public bool IsScaled { get; init; }

    /// <summary>A, the units in which additive and concatenated scores compare; Q where it is 0, as at first. The other scores have none.</summary>
    public int AttentionSize { get; init; }
}
