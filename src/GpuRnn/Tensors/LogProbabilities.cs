using System.Numerics;

namespace GpuRnn.Tensors;

/// <summary>Log-probabilities of rows of logits, on the host.</summary>
public static class LogProbabilities
{
    /// <summary>x_v − log Σ_u e^(x_u), each difference taken from the largest x so that nothing overflows.</summary>
    /// <param name="logits">[V]; replaced by the result.</param>
    /// <returns>log Σ_u e^(x_u); not finite where the logits were no numbers to normalise.</returns>
    public static float Normalise(Span<float> logits)
    {
        float shift = LogSum(logits);
        int i = 0;
        Vector<float> shifts = new(shift);
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(logits[i..]) - shifts).CopyTo(logits[i..]);
        }

        for (; i < logits.Length; i++)
        {
            logits[i] -= shift;
        }

        return shift;
    }

    /// <summary>log Σ_u e^(x_u); NaN where an x is NaN.</summary>
    /// <param name="logits">[V], at least one; −infinity for a token that cannot come.</param>
    public static float LogSum(ReadOnlySpan<float> logits)
    {
        float largest = logits[Largest(logits)];
        if (float.IsInfinity(largest) || float.IsNaN(largest))
        {
            return largest;
        }

        Vector<float> sums = Vector<float>.Zero;
        Vector<float> shift = new(largest);
        int i = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += Vector.Exp(new Vector<float>(logits[i..]) - shift);
        }

        double sum = Vector.Sum(sums);
        for (; i < logits.Length; i++)
        {
            sum += Math.Exp(logits[i] - largest);
        }

        return largest + (float)Math.Log(sum);
    }

    /// <summary>The number of the largest element; the first of equal ones.</summary>
    /// <param name="logits">[V], at least one.</param>
    public static int Largest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }

        return best;
    }
}
