using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>The largest of a sequence's steps, unit by unit: [T, B, W] becomes [B, W] (Collobert et al. 2011). Absent steps are never chosen.</summary>
public sealed class MaxOverTime : Layer
{
    /// <summary>Has no parameters.</summary>
    public MaxOverTime(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override bool KeepsTime => false;

    /// <summary>One window over all steps; the first of equals gets the gradient.</summary>
    /// <exception cref="ShapeException">The input has not three axes, or no time step.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        PooledSteps.RequireThreeAxes(input, "MaxOverTime.Forward");
        Tensor pooled = MaxPooling.Forward(tape, input, SlidingWindow.SideBySide(input.Shape[0]));
        return Reshape.Forward(tape, pooled, [.. input.Shape[1..]]);
    }

    /// <summary>The largest of the steps of each row that are there.</summary>
    /// <exception cref="ShapeException">The input is not what the mask is for.</exception>
    /// <exception cref="ArgumentException">A row has no step.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        if (mask is null)
        {
            return Forward(tape, input);
        }

        ArgumentNullException.ThrowIfNull(tape);
        PooledSteps.RequireSteps(mask, "MaxOverTime.Forward");
        return Forward(tape, PresentSteps.Lower(tape, input, mask, "MaxOverTime.Forward"));
    }
}
