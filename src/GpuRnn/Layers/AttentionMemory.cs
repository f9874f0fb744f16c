using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>What an <see cref="Attention"/> reads, prepared once for all queries.</summary>
/// <param name="Values">[S, B, K]: what contexts are sums of.</param>
/// <param name="Keys">[S, B, A]: the values as scores take them.</param>
/// <param name="Present">[S, B], 0 where a sequence has no such step; null where all are there.</param>
/// <remarks>Tensors of a tape end with its pass; <see cref="Detach"/> makes copies that last, as decoding needs them.</remarks>
public sealed record AttentionMemory(Tensor Values, Tensor Keys, Tensor? Present) : IDisposable
{
    /// <summary>Copies that belong to the caller and pass no gradient on.</summary>
    public AttentionMemory Detach()
    {
        Tensor values = Values.Detach();
        return new AttentionMemory(values, ReferenceEquals(Keys, Values) ? values : Keys.Detach(), Present?.Detach());
    }

    /// <summary>Frees copies of the caller's own; does nothing to tensors of a tape.</summary>
    public void Dispose()
    {
        Values.Dispose();
        Keys.Dispose();
        Present?.Dispose();
    }
}
