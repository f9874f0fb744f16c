namespace GpuRnn.Tensors;

/// <summary>What one recorded operation does in the backward pass.</summary>
internal abstract class TapeOperation
{
    /// <summary>Adds to the gradients of the inputs; does nothing where no gradient arrived at the result.</summary>
    public abstract void Backward(Tape tape);
}
