using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>The same tensor at every step of a sequence.</summary>
public static class RepeatTime
{
    /// <summary>[…] becomes [timeSteps, …].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no step.</exception>
    public static Tensor Forward(Tape tape, Tensor input, int timeSteps)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "RepeatTime.Forward");
        ArgumentCheck.AtLeast(timeSteps, 1, "RepeatTime.Forward", nameof(timeSteps), "the number of steps");
        Tensor result = tape.Allocate([timeSteps, .. input.Shape]);
        if (input.Length > 0)
        {
            Copy(tape.Device, input.View, result.View, timeSteps);
        }

        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, timeSteps), result);
        }

        return result;
    }

    /// <summary>Writes the same elements to every step.</summary>
    internal static void Copy(Device device, ArrayView<float> source, ArrayView<float> target, int timeSteps)
    {
        TensorKernels.CopyStrided(device, source, 0, target, source.IntLength, timeSteps, source.IntLength, accumulate: false);
    }

    private sealed class Gradient(Tensor input, Tensor result, int timeSteps) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream && input.Length > 0)
            {
                TensorKernels.AddColumnSums(tape, upstream.View, tape.GradientOf(input).View, timeSteps, input.Length);
            }
        }
    }
}
