using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.LanguageModels;

/// <summary>
/// Joins, for each step but the first and the last, the forward state before it with the reverse state behind it: what both sides of a missing symbol
/// say of it.
/// </summary>
/// <remarks>
/// [T, B, 2·H] of one bidirectional layer becomes [T − 2, B, 2·H]: f of step t − 1, then r of step t + 1, neither of which has read step t. Behind more
/// than one bidirectional layer this does not hold: the second layer's states have read every step.
/// </remarks>
public sealed class AroundEachStep : Layer
{
    /// <summary>Has no parameters.</summary>
    public AroundEachStep(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>False: two steps are gone.</summary>
    public override bool KeepsTime => false;

    /// <summary>Copies the two halves, one step apart from each other on either side.</summary>
    /// <exception cref="ShapeException">The input is not [T, B, 2·H] with at least 3 steps.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 3 || input.Shape[0] < 3 || input.Shape[2] % 2 != 0)
        {
            throw new ShapeException(
                $"AroundEachStep.Forward: the input is {Tensor.Describe(input.Shape)}, but must be [T, B, 2·H] with at least 3 steps. "
                + "Pass the output of one bidirectional layer over sentences with a start and an end symbol.");
        }

        int steps = input.Shape[0] - 2;
        int half = input.Shape[2] / 2;
        Tensor forward = SliceColumns.Forward(tape, SliceTime.Forward(tape, input, 0, steps), 0, half);
        Tensor reverse = SliceColumns.Forward(tape, SliceTime.Forward(tape, input, 2, steps), half, half);
        return Concat.Forward(tape, forward, reverse);
    }
}
