using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The states of all layers and directions of a <see cref="Recurrent"/> at one moment: h, and for an LSTM also c.</summary>
/// <remarks>
/// What a pass returns belongs to the tape. To carry it over a reset, as in truncated backpropagation through time, take
/// <see cref="Detach"/>; to learn an initial state, make it of tensors of your own that track a gradient.
/// </remarks>
public sealed class RecurrentState : IDisposable
{
    private readonly Tensor[] _tensors;

    /// <summary>Joins the states of a cell, in the cell's order.</summary>
    /// <param name="tensors">Each [L·D, B, width], layer by layer, forward before reverse.</param>
    public RecurrentState(params Tensor[] tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        _tensors = [.. tensors];
    }

    /// <summary>The states in the cell's order: h, then c for an LSTM.</summary>
    public IReadOnlyList<Tensor> Tensors => _tensors;

    /// <summary>The first state: h, [L·D, B, H].</summary>
    public Tensor Hidden => _tensors[0];

    /// <summary>Copies that belong to the caller and pass no gradient on.</summary>
    /// <param name="reuse">Receives the copies where the shapes are the same, so that a loop allocates nothing; null for new ones.</param>
    public RecurrentState Detach(RecurrentState? reuse = null)
    {
        Tensor[] copies = new Tensor[_tensors.Length];
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i] = _tensors[i].Detach(reuse is not null && i < reuse._tensors.Length ? reuse._tensors[i] : null);
        }

        return new RecurrentState(copies);
    }

    /// <summary>Frees states of the caller's own; does nothing to those of a tape.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
        {
            tensor.Dispose();
        }
    }
}
