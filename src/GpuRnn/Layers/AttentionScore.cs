namespace GpuRnn.Layers;

/// <summary>How well a query q of the decoder and a state k of the encoder fit together.</summary>
public enum AttentionScore
{
    /// <summary>vᵀ tanh(W q + U k) (Bahdanau, Cho and Bengio 2015).</summary>
    Additive,

    /// <summary>qᵀ k (Luong, Pham and Manning 2015), or qᵀ k / √Q (<see cref="AttentionOptions.IsScaled"/>): both must have the same size.</summary>
    Dot,

    /// <summary>qᵀ W k (Luong, Pham and Manning 2015), or qᵀ W k / √Q (<see cref="AttentionOptions.IsScaled"/>).</summary>
    General,

    /// <summary>vᵀ tanh(W [q; k]) (Luong, Pham and Manning 2015): the additive score with both matrices in one.</summary>
    Concat,
}
