using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>Reads labels off the outputs of a model trained by connectionist temporal classification. Runs on the host.</summary>
public static class CtcDecoder
{
    /// <summary>The likeliest class of each step, repeats merged, blanks left out (Graves et al. 2006, best path decoding).</summary>
    /// <param name="logits">[T, B, V].</param>
    /// <param name="mask">The steps of each row, padded on the right; all when null.</param>
    /// <param name="blank">The class that stands for no label.</param>
    /// <returns>The labels of each row. The likeliest path is not always one of the likeliest labels; <see cref="Search"/> adds paths up.</returns>
    /// <exception cref="ShapeException">The logits have not three axes, or the mask is for others.</exception>
    /// <exception cref="ArgumentException">The blank is no class, a logit is NaN, or the mask leaves out a step before the end.</exception>
    public static int[][] Greedy(Tensor logits, SequenceMask? mask = null, int blank = 0)
    {
        (float[] values, int[] lengths, int classCount) = Read(logits, mask, blank, "CtcDecoder.Greedy");
        int[][] rows = new int[lengths.Length][];
        for (int row = 0; row < rows.Length; row++)
        {
            List<int> labels = [];
            int before = blank;
            for (int step = 0; step < lengths[row]; step++)
            {
                int best = LogProbabilities.Largest(values.AsSpan(((step * rows.Length) + row) * classCount, classCount));
                if (best != before && best != blank)
                {
                    labels.Add(best);
                }

                before = best;
            }

            rows[row] = [.. labels];
        }

        return rows;
    }

    /// <summary>The likeliest labels by a search over prefixes, each with all of its alignments together (Hannun et al. 2014, without a language model).</summary>
    /// <param name="logits">[T, B, V].</param>
    /// <param name="width">Prefixes kept at each step, at least 1. Wide enough for all prefixes, the probabilities are exact.</param>
    /// <param name="mask">The steps of each row, padded on the right; all when null.</param>
    /// <param name="blank">The class that stands for no label.</param>
    /// <returns>For each row at most <paramref name="width"/> label sequences, the likeliest first.</returns>
    /// <inheritdoc cref="Greedy" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1.</exception>
    /// <remarks>O(T·width·V) a row, and a sort of width·V prefixes a step.</remarks>
    public static IReadOnlyList<CtcHypothesis>[] Search(Tensor logits, int width, SequenceMask? mask = null, int blank = 0)
    {
        ArgumentCheck.AtLeast(width, 1, "CtcDecoder.Search", nameof(width), "the prefixes to keep");
        (float[] values, int[] lengths, int classCount) = Read(logits, mask, blank, "CtcDecoder.Search");
        IReadOnlyList<CtcHypothesis>[] rows = new IReadOnlyList<CtcHypothesis>[lengths.Length];
        double[] logProbabilities = new double[classCount];
        for (int row = 0; row < rows.Length; row++)
        {
            CtcPrefixBeam beam = new(width, blank);
            for (int step = 0; step < lengths[row]; step++)
            {
                LogSoftmax(values.AsSpan(((step * rows.Length) + row) * classCount, classCount), logProbabilities);
                beam.Advance(logProbabilities);
            }

            rows[row] = beam.Hypotheses();
        }

        return rows;
    }

    private static (float[] Values, int[] Lengths, int ClassCount) Read(Tensor logits, SequenceMask? mask, int blank, string where)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ShapeCheck.RequireAxes(logits, 3, "[T, B, V]", where);
        mask?.Require(logits, where);
        mask?.RequireRightPadded(where, "the search needs");

        int classCount = logits.Shape[2];
        if ((uint)blank >= (uint)classCount)
        {
            throw new ArgumentException(
                $"{where}: the blank is {blank}, but must be one of the classes 0 to {classCount - 1}. Pass the blank of the training.", nameof(blank));
        }

        int[] lengths = mask is null ? [.. Enumerable.Repeat(logits.Shape[0], logits.Shape[1])] : mask.Lengths.ToArray();
        float[] values = logits.ToArray();
        RequireNumbers(values, lengths, classCount, where);
        return (values, lengths, classCount);
    }

    private static void RequireNumbers(float[] values, int[] lengths, int classCount, string where)
    {
        for (int position = 0; position < values.Length / classCount; position++)
        {
            (int step, int row) = (position / lengths.Length, position % lengths.Length);
            ReadOnlySpan<float> logits = values.AsSpan(position * classCount, classCount);
            if (step < lengths[row] && !float.IsFinite(LogProbabilities.LogSum(logits)))
            {
                throw new ArgumentException(
                    $"{where}: the logits of step {step}, row {row} hold NaN, +∞ or −∞ alone, but must have a finite sum of exponentials. Look for NaN in the model.", nameof(values));
            }
        }
    }

    private static void LogSoftmax(ReadOnlySpan<float> logits, double[] result)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double sum = 0.0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        for (int i = 0; i < result.Length; i++)
        {
            result[i] = logits[i] - largest - Math.Log(sum);
        }
    }
}
