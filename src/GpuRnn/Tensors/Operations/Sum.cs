namespace GpuRnn.Tensors.Operations;

/// <summary>The sum of all elements.</summary>
public static class Sum
{
    /// <summary>Reduces a tensor to one number, in a fixed order of summation.</summary>
    /// <returns>A tensor without axes. 0 for an empty one.</returns>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Reduction.Forward(tape, input, "Sum.Forward", 1.0f);
    }
}
