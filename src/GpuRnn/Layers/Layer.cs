using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>A module that turns one tensor into another.</summary>
public abstract class Layer : Module
{
    /// <summary>Starts in training mode.</summary>
    protected Layer(Device device)
        : base(device)
    {
    }

    /// <summary>
    /// True where the output has the input's time axis, so that the same steps of it are there; false where a sequence becomes something else.
    /// </summary>
    public virtual bool KeepsTime => true;

    /// <summary>
    /// True where running a sequence in pieces, one after another, gives what running it whole does: each step is treated by itself, or what goes
    /// from step to step is carried.
    /// </summary>
    /// <remarks>False unless a layer says otherwise: what looks at several steps at once, such as a convolution, cannot be cut.</remarks>
    public virtual bool CanBeCutInTime => false;

    /// <summary>Computes the output for an input and records what the backward pass needs where the tape records.</summary>
    /// <returns>A tensor of the tape, valid until its next reset.</returns>
    public abstract Tensor Forward(Tape tape, Tensor input);

    /// <summary>Computes the output for sequences of which some steps are absent.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[T, B, …]; what stands at absent steps decides nothing at present ones.</param>
    /// <param name="mask">Which steps are there; null when all are.</param>
    /// <returns>A tensor of the tape, valid until its next reset.</returns>
    /// <exception cref="ShapeException">The mask is of another T or B.</exception>
    /// <remarks>A layer that treats every step by itself, such as a dense one, need not override it.</remarks>
    public virtual Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        if (KeepsTime)
        {
            mask?.Require(input, $"{GetType().Name}.Forward");
        }

        return Forward(tape, input);
    }

    /// <summary>Moves what stateful layers carry by a piece of a sequence whose output nobody asks for: what stands behind the time axis is not run.</summary>
    internal virtual void Advance(Tape tape, Tensor input, SequenceMask? mask)
    {
        if (KeepsTime || Carried.Any())
        {
            Forward(tape, input, mask);
        }
    }

    /// <summary>Binds one time step to its memory, for models that run step by step; null where the layer needs a tape.</summary>
    /// <param name="input">[1, B, width]; each run of the step reads what it holds then.</param>
    internal virtual BoundStep? BindStep(Tensor input)
    {
        return null;
    }

    /// <summary>Which steps of the output are there, given those of the input; null for an output without a time axis, or where all are there.</summary>
    /// <remarks>A layer that makes sequences longer or shorter, such as a convolution with a stride, says what becomes of their lengths.</remarks>
    public virtual SequenceMask? MaskAfter(SequenceMask? mask)
    {
        return KeepsTime ? mask : null;
    }
}
