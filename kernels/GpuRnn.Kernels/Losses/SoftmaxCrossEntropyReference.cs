using System;

namespace GpuRnn.Kernels.Losses;

/// <summary>The softmax cross-entropy in double precision; the formula stands on <see cref="SoftmaxCrossEntropy"/>.</summary>
public static class SoftmaxCrossEntropyReference
{
    /// <summary>The sum of the row losses and the number of rows that are not ignored.</summary>
    /// <param name="logits">[N, V].</param>
    /// <param name="targets">[N]; a class, or ignoreIndex.</param>
    /// <param name="classCount">V.</param>
    /// <param name="ignoreIndex">The target of rows that do not count.</param>
    /// <param name="gradient">[N, V]; receives the gradient of that sum, or is empty.</param>
    public static (double Sum, int Count) Evaluate(
        ReadOnlySpan<double> logits, ReadOnlySpan<int> targets, int classCount, int ignoreIndex, Span<double> gradient)
    {
        double total = 0.0;
        int count = 0;
        for (int row = 0; row < targets.Length; row++)
        {
            ReadOnlySpan<double> line = logits.Slice(row * classCount, classCount);
            Span<double> lineGradient = gradient.IsEmpty ? gradient : gradient.Slice(row * classCount, classCount);
            lineGradient.Clear();
            if (targets[row] == ignoreIndex)
            {
                continue;
            }

            double largest = double.NegativeInfinity;
            foreach (double logit in line)
            {
                largest = Math.Max(largest, logit);
            }

            double sum = 0.0;
            foreach (double logit in line)
            {
                sum += Math.Exp(logit - largest);
            }

            total += Math.Log(sum) - (line[targets[row]] - largest);
            count++;
            for (int i = 0; i < lineGradient.Length; i++)
            {
                lineGradient[i] = (Math.Exp(line[i] - largest) / sum) - (i == targets[row] ? 1.0 : 0.0);
            }
        }

        return (total, count);
    }
}
