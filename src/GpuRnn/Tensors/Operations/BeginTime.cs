using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>A tensor at the first step of a sequence, and zeros at all others.</summary>
public static class BeginTime
{
    /// <summary>[…] becomes [timeSteps, …].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no step.</exception>
    public static Tensor Forward(Tape tape, Tensor input, int timeSteps)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "BeginTime.Forward");
        ArgumentCheck.AtLeast(timeSteps, 1, "BeginTime.Forward", nameof(timeSteps), "the number of steps");
        Tensor result = tape.Allocate([timeSteps, .. input.Shape]);
        TensorKernels.Fill(tape.Device, result.View, 0.0f);
        TensorKernels.Copy(tape.Device, input.View, result.View.SubView(0, input.Length));
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                TensorKernels.Copy(tape.Device, upstream.View.SubView(0, input.Length), part.View);
                tape.EndGradient(part);
            }
        }
    }
}
