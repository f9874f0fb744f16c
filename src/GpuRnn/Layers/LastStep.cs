using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Keeps the last time step of a sequence: [T, B, ·] becomes [B, ·].</summary>
public sealed class LastStep : Layer
{
    /// <summary>Has no parameters.</summary>
    public LastStep(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override bool KeepsTime => false;

    /// <summary>Copies the last step.</summary>
    /// <exception cref="ShapeException">The input has fewer than two axes, or no time step.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ShapeCheck.RequireRank(input, 2, "[T, B, …]", "LastStep.Forward");
        return SliceTime.Forward(tape, input, input.Shape[0] - 1);
    }

    /// <summary>Copies the last step of each row that is there.</summary>
    /// <exception cref="ShapeException">The input is not what the mask is for.</exception>
    /// <exception cref="ArgumentException">A row has no step.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        return mask is null ? Forward(tape, input) : MaskedSteps.Last(tape, input, mask, "LastStep.Forward");
    }

    /// <inheritdoc/>
    internal override BoundStep BindStep(Tensor input)
    {
        return new BoundIdentity(input);
    }
}
