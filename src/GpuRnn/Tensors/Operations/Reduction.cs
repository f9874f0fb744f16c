namespace GpuRnn.Tensors.Operations;

/// <summary>A multiple of the sum of all elements: what Sum and Mean share.</summary>
internal static class Reduction
{
    public static Tensor Forward(Tape tape, Tensor input, string where, float factor)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, where);
        Tensor result = tape.Allocate();
        TensorKernels.Sum(tape, input.View, result.View, factor);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, factor), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result, float factor) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                TensorKernels.Fill(tape.Device, part.View, factor);
                TensorKernels.Scale(tape.Device, part.View, upstream.View);
                tape.EndGradient(part);
            }
        }
    }
}
