using System;

namespace GpuRnn.Kernels.Losses;

/// <summary>The loss of one row in double precision, step by step; the formula stands on <see cref="ConnectionistTemporal"/>.</summary>
public static class ConnectionistTemporalReference
{
    /// <summary>The loss of one sequence.</summary>
    /// <param name="logits">[T, V].</param>
    /// <param name="classCount">V.</param>
    /// <param name="labels">[L]; classes other than the blank, in order.</param>
    /// <param name="blank">The class of the blank.</param>
    /// <param name="gradient">[T, V]; receives the gradient by the logits, or is empty. NaN where the loss is infinite.</param>
    /// <returns>−log of the probability of the labels; infinity where no path gives them.</returns>
    public static double Evaluate(
        ReadOnlySpan<double> logits, int classCount, ReadOnlySpan<int> labels, int blank, Span<double> gradient)
    {
        int steps = logits.Length / classCount;
        double[] y = LogSoftmax(logits, classCount);
        double[,] alpha = Paths(y, classCount, steps, labels, blank, isReversed: false);
        int states = (2 * labels.Length) + 1;
        double loss = steps == 0
            ? states == 1 ? 0.0 : double.PositiveInfinity
            : -LogSum(alpha[steps - 1, states - 1], states > 1 ? alpha[steps - 1, states - 2] : double.NegativeInfinity);
        if (gradient.IsEmpty)
        {
            return loss;
        }

        double[,] beta = Paths(y, classCount, steps, labels, blank, isReversed: true);
        for (int step = 0; step < steps; step++)
        {
            for (int i = 0; i < classCount; i++)
            {
                gradient[(step * classCount) + i] = Math.Exp(y[(step * classCount) + i]);
            }

            for (int state = 0; state < states; state++)
            {
                int at = (step * classCount) + Label(labels, blank, state);
                gradient[at] -= Math.Exp(alpha[step, state] + beta[step, state] - y[at] + loss);
            }
        }

        if (double.IsInfinity(loss))
        {
            gradient.Fill(double.NaN);
        }

        return loss;
    }

    /// <summary>The log softmax of each row.</summary>
    /// <param name="logits">[N, V].</param>
    /// <param name="classCount">V.</param>
    public static double[] LogSoftmax(ReadOnlySpan<double> logits, int classCount)
    {
        double[] result = logits.ToArray();
        for (int first = 0; first < result.Length; first += classCount)
        {
            double largest = double.NegativeInfinity;
            double sum = 0.0;
            for (int i = first; i < first + classCount; i++)
            {
                largest = Math.Max(largest, result[i]);
            }

            for (int i = first; i < first + classCount; i++)
            {
                sum += Math.Exp(result[i] - largest);
            }

            for (int i = first; i < first + classCount; i++)
            {
                result[i] -= largest + Math.Log(sum);
            }
        }

        return result;
    }

    // α, or β with its own y when time and states are walked from the end: both obey the same rule.
    private static double[,] Paths(double[] y, int classCount, int steps, ReadOnlySpan<int> labels, int blank, bool isReversed)
    {
        int states = (2 * labels.Length) + 1;
        double[,] result = new double[steps, states];
        for (int walked = 0; walked < steps; walked++)
        {
            int step = isReversed ? steps - 1 - walked : walked;
            for (int passed = 0; passed < states; passed++)
            {
                int state = isReversed ? states - 1 - passed : passed;
                double before = passed < 2 ? 0.0 : double.NegativeInfinity;
                if (walked > 0)
                {
                    int back = isReversed ? 1 : -1;
                    before = result[step + back, state];
                    before = passed > 0 ? LogSum(before, result[step + back, state + back]) : before;
                    bool maySkip = passed > 1 && Label(labels, blank, state) != Label(labels, blank, state + (2 * back));
                    before = maySkip ? LogSum(before, result[step + back, state + (2 * back)]) : before;
                }

                result[step, state] = before + y[(step * classCount) + Label(labels, blank, state)];
            }
        }

        return result;
    }

    private static int Label(ReadOnlySpan<int> labels, int blank, int state) => state % 2 == 0 ? blank : labels[state / 2];

    private static double LogSum(double a, double b)
    {
        double largest = Math.Max(a, b);
        return double.IsNegativeInfinity(largest) ? largest : largest + Math.Log(Math.Exp(a - largest) + Math.Exp(b - largest));
    }
}
