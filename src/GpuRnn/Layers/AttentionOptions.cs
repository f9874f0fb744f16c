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

    /// <summary>A, the units in which additive and concatenated scores compare; Q where it is 0, as at first. The other scores have none.</summary>
    public int AttentionSize { get; init; }
}
