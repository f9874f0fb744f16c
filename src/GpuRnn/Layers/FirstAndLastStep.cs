using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Keeps both ends of a sequence side by side, last step first: [T, B, W] becomes [B, 2 W].</summary>
/// <remarks>
/// For layers of two directions: at the last step the forward one has seen the whole sequence, at the first step the reverse one has.
/// </remarks>
public sealed class FirstAndLastStep : Layer
{
    /// <summary>Has no parameters.</summary>
    public FirstAndLastStep(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override bool KeepsTime => false;

    /// <summary>Copies the two steps, which are the same one where T is 1.</summary>
    /// <exception cref="ShapeException">The input has not three axes, or no time step.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        PooledSteps.RequireThreeAxes(input, "FirstAndLastStep.Forward");
        return Concat.Forward(tape, SliceTime.Forward(tape, input, input.Shape[0] - 1), SliceTime.Forward(tape, input, 0));
    }

    /// <summary>Copies the last step of each row that is there, and the first that is.</summary>
    /// <exception cref="ShapeException">The input has not three axes, no time step, or is not what the mask is for.</exception>
    /// <exception cref="ArgumentException">A row has no step.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        if (mask is null)
        {
            return Forward(tape, input);
        }

        ArgumentNullException.ThrowIfNull(input);
        PooledSteps.RequireThreeAxes(input, "FirstAndLastStep.Forward");
        return Concat.Forward(
            tape, MaskedSteps.Last(tape, input, mask, "FirstAndLastStep.Forward"), MaskedSteps.First(tape, input, mask, "FirstAndLastStep.Forward"));
    }
}
