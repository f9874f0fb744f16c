using System;

namespace GpuRnn.Kernels.Losses;

/// <summary>The softmax cross-entropy in double precision; the formula stands on <see cref="SoftmaxCrossEntropy"/>.</summary>
public static class SoftmaxCrossEntropyReference
{
    /// <summary>The sum of the weighted row losses and the weight that a mean divides by.</summary>
    /// <param name="logits">[N, V].</param>
    /// <param name="targets">[N]; a class, or ignoreIndex.</param>
    /// <param name="classCount">V.</param>
    /// <param name="ignoreIndex">The target of rows that do not count.</param>
    /// <param name="gradient">[N, V]; receives the gradient of that sum, or is empty.</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="classWeights">[V], or empty for ones.</param>
    /// <param name="rowWeights">[N], or empty for ones.</param>
    public static (double Sum, double Weight) Evaluate(
        ReadOnlySpan<double> logits,
        ReadOnlySpan<int> targets,
        int classCount,
        int ignoreIndex,
        Span<double> gradient,
        double smoothing = 0.0,
        ReadOnlySpan<double> classWeights = default,
        ReadOnlySpan<double> rowWeights = default)
    {
        double total = 0.0;
        double weight = 0.0;
        gradient.Clear();
        double[] wanted = new double[classCount];
        for (int row = 0; row < targets.Length; row++)
        {
            double rowWeight = rowWeights.IsEmpty ? 1.0 : rowWeights[row];
            if (targets[row] == ignoreIndex || !(rowWeight > 0.0))
            {
                continue;
            }

            double wantedSum = 0.0;
            for (int i = 0; i < classCount; i++)
            {
                double share = (i == targets[row] ? 1.0 - smoothing : 0.0) + (smoothing / classCount);
                wanted[i] = share * (classWeights.IsEmpty ? 1.0 : classWeights[i]);
                wantedSum += wanted[i];
            }

            weight += rowWeight * (classWeights.IsEmpty ? 1.0 : classWeights[targets[row]]);
            ReadOnlySpan<double> line = logits.Slice(row * classCount, classCount);
            (double largest, double sum) = Exponentials(line);
            for (int i = 0; i < classCount; i++)
            {
                total += rowWeight * wanted[i] * (Math.Log(sum) - (line[i] - largest));
                if (!gradient.IsEmpty)
                {
                    gradient[(row * classCount) + i] = rowWeight * ((wantedSum * Math.Exp(line[i] - largest) / sum) - wanted[i]);
                }
            }
        }

        return (total, weight);
    }

    private static (double Largest, double Sum) Exponentials(ReadOnlySpan<double> line)
    {
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

        return (largest, sum);
    }
}
