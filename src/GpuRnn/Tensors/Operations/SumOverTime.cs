using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>The sum of all steps of a sequence.</summary>
public static class SumOverTime
{
    /// <summary>[T, …] becomes […]; zeros where T is 0.</summary>
    /// <exception cref="ShapeException">The input has no axis.</exception>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "SumOverTime.Forward");
        ShapeCheck.RequireRank(input, 1, "[T, …]", "SumOverTime.Forward");
        Tensor result = tape.Allocate([.. input.Shape[1..]]);
        TensorKernels.Fill(tape.Device, result.View, 0.0f);
        if (input.Length > 0)
        {
            TensorKernels.AddColumnSums(tape, input.View, result.View, input.Shape[0], result.Length);
        }

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
            if (result.Gradient is Tensor upstream && input.Length > 0)
            {
                GradientPart part = tape.BeginGradient(input);
                RepeatTime.Copy(tape.Device, upstream.View, part.View, input.Shape[0]);
                tape.EndGradient(part);
            }
        }
    }
}
