using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>The same elements under another shape.</summary>
public static class Reshape
{
    /// <summary>Names the axes anew; no element is copied.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">Shares its memory with the result.</param>
    /// <param name="shape">Holds as many elements as the input.</param>
    /// <exception cref="ShapeException">The shape holds another number of elements.</exception>
    public static Tensor Forward(Tape tape, Tensor input, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "Reshape.Forward");
        int length = ShapeCheck.Length(shape, "Reshape.Forward");
        if (length != input.Length)
        {
            throw new ShapeException(
                $"Reshape.Forward: the input is {Tensor.Describe(input.Shape)}, which holds {input.Length} values, but {Tensor.Describe(shape)} holds {length}. "
                + "Choose axes of as many.",
                nameof(shape));
        }

        Tensor result = input.Rename(tape, [.. shape]);
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
                tape.AddToGradient(input, upstream);
            }
        }
    }
}
