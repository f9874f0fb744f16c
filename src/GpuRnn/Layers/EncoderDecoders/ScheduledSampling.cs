using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Chooses the tokens of the next step: true ones, or drawn from what the model thinks (Bengio et al. 2015).</summary>
internal static class ScheduledSampling
{
    /// <summary>Fills the next tokens, one for each row.</summary>
    /// <param name="logits">[1, B, V] of the step before; read only where a row is drawn.</param>
    /// <param name="given">The true tokens.</param>
    /// <param name="next">Receives the choice.</param>
    /// <param name="trueShare">The probability of the true token.</param>
    /// <param name="random">One number for the coin of each row, and one more where it is drawn.</param>
    public static void Draw(Tensor logits, ReadOnlySpan<float> given, Span<float> next, double trueShare, RandomSource random)
    {
        float[]? scores = null;
        int width = logits.Shape[2];
        for (int row = 0; row < next.Length; row++)
        {
            if (random.NextDouble() < trueShare)
            {
                next[row] = given[row];
                continue;
            }

            scores ??= logits.ToArray();
            next[row] = Draw(scores.AsSpan(row * width, width), random.NextDouble());
        }
    }

    private static int Draw(ReadOnlySpan<float> logits, double share)
    {
        float logSum = LogProbabilities.LogSum(logits);
        if (!float.IsFinite(logSum))
        {
            throw new InvalidOperationException(
                $"EncoderDecoder.ForwardSampled: the logarithm of the sum of exponentials of a row's logits is {logSum}, but a token can only be drawn from a finite one. Look for NaN or infinity in the model's weights.");
        }

        double left = share;
        int last = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double probability = Math.Exp((double)logits[i] - logSum);
            if (probability > 0.0)
            {
                last = i;
            }

            left -= probability;
            if (left < 0.0)
            {
                return i;
            }
        }

        return last;
    }
}
