namespace GpuRnn.Tensors.Operations;

/// <summary>The mean of all elements.</summary>
public static class Mean
{
    /// <summary>Reduces a tensor to one number, in a fixed order of summation.</summary>
    /// <returns>A tensor without axes. NaN for an empty one.</returns>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Reduction.Forward(tape, input, "Mean.Forward", 1.0f / input.Length);
    }
}
