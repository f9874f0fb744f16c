using GpuRnn.Devices;
namespace GpuRnn.Tensors.Operations;

/// <summary>The sum of two tensors, element by element.</summary>
public static class Add
{
    /// <summary>Adds two tensors of the same shape.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Forward(Tape tape, Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(left, "Add.Forward");
        tape.Require(right, "Add.Forward");
        ShapeCheck.RequireSame(left, right, "Add.Forward");
        Tensor result = tape.Allocate([.. left.Shape]);
        TensorKernels.Add(tape.Device, left.View, right.View, result.View);
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

            tape.AddToGradient(left, upstream);
            tape.AddToGradient(right, upstream);
        }
    }
}
