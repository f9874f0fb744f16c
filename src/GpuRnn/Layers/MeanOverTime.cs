using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>The mean of a sequence's steps: [T, B, …] becomes [B, …]. Absent steps count neither in the sum nor in the number.</summary>
public sealed class MeanOverTime : Layer
{
    /// <summary>Has no parameters.</summary>
    public MeanOverTime(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override bool KeepsTime => false;

    /// <summary>Adds the steps up and divides by their number.</summary>
    /// <exception cref="ShapeException">The input has fewer than two axes, or no time step.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        PooledSteps.Require(input, "MeanOverTime.Forward");
        return Scale.Forward(tape, SumOverTime.Forward(tape, input), 1.0f / input.Shape[0]);
    }

    /// <summary>The mean of the steps of each row that are there.</summary>
    /// <exception cref="ShapeException">The input is not what the mask is for.</exception>
    /// <exception cref="ArgumentException">A row has no step.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        if (mask is null)
        {
            return Forward(tape, input);
        }

        ArgumentNullException.ThrowIfNull(tape);
        Tensor sum = SumOverTime.Forward(tape, PresentSteps.Clear(tape, input, mask, "MeanOverTime.Forward"));
        PooledSteps.RequireSteps(mask, "MeanOverTime.Forward");
        int width = mask.BatchSize == 0 ? 0 : sum.Length / mask.BatchSize;
        float[] shares = new float[sum.Length];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = 1.0f / mask.Lengths[i / width];
        }

        return Multiply.Forward(tape, sum, tape.Input(shares, sum.Shape));
    }
}
