using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>The product of two tensors, element by element.</summary>
public static class Multiply
{
    /// <summary>Multiplies two tensors of the same shape.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Forward(Tape tape, Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(left, "Multiply.Forward");
        tape.Require(right, "Multiply.Forward");
        ShapeCheck.RequireSame(left, right, "Multiply.Forward");
        Tensor result = tape.Allocate([.. left.Shape]);
        TensorKernels.Multiply(tape.Device, left.View, right.View, result.View);
        if (tape.NeedsGradient(left, right))
        {
            tape.Record(new Gradient(left, right, result), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor left, Tensor right, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            AddProduct(tape, upstream, right, left);
            AddProduct(tape, upstream, left, right);
        }

        private static void AddProduct(Tape tape, Tensor upstream, Tensor factor, Tensor target)
        {
            if (target.NeedsGradient)
            {
                GradientPart part = tape.BeginGradient(target);
                TensorKernels.Multiply(tape.Device, upstream.View, factor.View, part.View);
                tape.EndGradient(part);
            }
        }
    }
}
