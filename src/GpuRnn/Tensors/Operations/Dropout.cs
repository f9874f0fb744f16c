using System.Reflection;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>Sets elements to 0 at random and scales the others up, so that the mean stays.</summary>
public static class Dropout
{
    private static readonly MethodInfo s_kernel =
        TensorKernels.Method(typeof(Kernels.Elementwise.Dropout), nameof(Kernels.Elementwise.Dropout.Forward));

    /// <summary>Drops each element with a probability; the same seed and block drop the same elements.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">Any shape.</param>
    /// <param name="probability">That of setting an element to 0, in [0, 1).</param>
    /// <param name="seed">Which random stream.</param>
    /// <param name="firstBlock">Where in the stream; the next call's is this one plus <see cref="BlockCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1).</exception>
    public static Tensor Forward(Tape tape, Tensor input, float probability, ulong seed, long firstBlock)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentCheck.Share(probability, "Dropout.Forward", nameof(probability), "a share such as 0.2");
        tape.Require(input, "Dropout.Forward");
        Tensor result = tape.Allocate([.. input.Shape]);
        Apply(tape, input.View, result.View, probability, seed, firstBlock);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, probability, seed, firstBlock), result);
        }

        return result;
    }

    /// <summary>Blocks of the random stream that so many elements use.</summary>
    public static long BlockCount(int length)
    {
        return ((long)length + Kernels.Elementwise.Dropout.BlockSize - 1) / Kernels.Elementwise.Dropout.BlockSize;
    }

    private static void Apply(
        Tape tape, ArrayView<float> source, ArrayView<float> result, float probability, ulong seed, long firstBlock)
    {
        TensorKernels.Launch(
            tape.Device,
            s_kernel,
            (int)BlockCount(source.IntLength),
            source,
            result,
            source.IntLength,
            Kernels.Elementwise.Dropout.Threshold(probability),
            1.0f / (1.0f - probability),
            unchecked((int)seed),
            unchecked((int)(seed >> 32)),
            firstBlock);
    }

    private sealed class Gradient(Tensor input, Tensor result, float probability, ulong seed, long firstBlock) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                // The mask is not kept: the same seed and block draw it again.
                GradientPart part = tape.BeginGradient(input);
                Apply(tape, upstream.View, part.View, probability, seed, firstBlock);
                tape.EndGradient(part);
            }
        }
    }
}
