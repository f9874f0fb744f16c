using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>Draws a token from logits: temperature first, then the likeliest k, then the nucleus p, then what is left in proportion.</summary>
public sealed class TokenSampler
{
    private readonly SamplingOptions _options;
    private int[] _order = [];
    private double[] _weights = [];

    /// <summary>Prepares draws.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public TokenSampler(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentCheck.Positive(options.Temperature, nameof(TokenSampler), nameof(options.Temperature), "a number such as 0.8");
        ArgumentCheck.AtLeast(options.TopK, 0, nameof(TokenSampler), nameof(options.TopK), "how many tokens to choose from, or 0 for all");
        if (!(options.TopP > 0.0 && options.TopP <= 1.0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), FormattableString.Invariant($"TokenSampler: TopP is {options.TopP}, but must be above 0 and at most 1. Pass a share such as 0.9, or 1 for all."));
        }

        _options = options;
    }

    /// <summary>Draws one token.</summary>
    /// <param name="logits">[V], at least one; not modified.</param>
    /// <param name="random">Gives one number for the draw.</param>
    /// <exception cref="ArgumentException">There is no logit, one is NaN or +∞, or all are −∞.</exception>
    public int Draw(ReadOnlySpan<float> logits, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (logits.IsEmpty || !float.IsFinite(LogProbabilities.LogSum(logits)))
        {
            string arrived = logits.IsEmpty ? "no logit arrived" : "the logits have no finite sum of exponentials";
            throw new ArgumentException($"TokenSampler.Draw: {arrived}, but at least one that is finite and none that is NaN or +∞ is needed. Look for NaN in the model.", nameof(logits));
        }

        int count = Weigh(logits);
        double total = 0.0;
        for (int i = 0; i < count; i++)
        {
            total += _weights[i];
        }

        double left = random.NextDouble() * total;
        for (int i = 0; i < count; i++)
        {
            left -= _weights[i];
            if (left < 0.0)
            {
                return _order[i];
            }
        }

        return _order[count - 1];
    }

    // Fills order and weights with the tokens to choose from, and says how many there are.
    private int Weigh(ReadOnlySpan<float> logits)
    {
        if (_order.Length < logits.Length)
        {
            (_order, _weights) = (new int[logits.Length], new double[logits.Length]);
        }

        float largest = logits[LogProbabilities.Largest(logits)];
        for (int i = 0; i < logits.Length; i++)
        {
            _order[i] = i;
            _weights[i] = Math.Exp((logits[i] - (double)largest) / _options.Temperature);
        }

        int count = logits.Length;
        if (_options.TopK == 0 && _options.TopP >= 1.0)
        {
            return count;
        }

        // Sorting by the negative weight is stable enough: equal weights keep their probability, whichever comes first.
        Span<double> weights = _weights.AsSpan(0, count);
        Span<int> order = _order.AsSpan(0, count);
        weights.Sort(order, static (left, right) => right.CompareTo(left));
        count = _options.TopK == 0 ? count : Math.Min(count, _options.TopK);
        return Nucleus(weights[..count], _options.TopP);
    }

    private static int Nucleus(ReadOnlySpan<double> weights, double share)
    {
        double total = 0.0;
        foreach (double weight in weights)
        {
            total += weight;
        }

        double sum = 0.0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            if (sum >= share * total)
            {
                return i + 1;
            }
        }

        return weights.Length;
    }
}
