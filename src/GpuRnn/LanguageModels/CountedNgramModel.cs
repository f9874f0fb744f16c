using GpuRnn.Data;
using GpuRnn.Tensors;

namespace GpuRnn.LanguageModels;

/// <summary>A language model of counts: how often each symbol followed the last n − 1, smoothed by shorter contexts.</summary>
/// <remarks>
/// Interpolated Witten–Bell smoothing (Witten and Bell 1991; the recursion of Chen and Goodman 1998):
/// p(w | h) = (c(h, w) + d(h) · p(w | h')) / (c(h) + d(h)), where c counts, d(h) is the number of different symbols that followed h, and h' is h
/// without its first symbol. Without any context p is uniform over the vocabulary. A context that never occurred hands on to the shorter one.
/// </remarks>
public sealed class CountedNgramModel : LanguageModel
{
    private readonly Context _root = new();

    /// <summary>Counts a corpus.</summary>
    /// <param name="encoder">Cuts and numbers sentences; its vocabulary has a start and an end symbol.</param>
    /// <param name="order">n: symbols of an n-gram, the predicted one included; at least 1.</param>
    /// <param name="sentences">Walked once.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is below 1.</exception>
    public CountedNgramModel(TextEncoder encoder, int order, IEnumerable<string> sentences)
        : base(encoder)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentCheck.AtLeast(order, 1, nameof(CountedNgramModel), nameof(order), "the symbols of an n-gram, such as 3");
        Order = order;
        foreach (string sentence in sentences)
        {
            int[] symbols = [encoder.Vocabulary.Start!.Value, .. encoder.Encode(sentence), encoder.Vocabulary.End!.Value];
            for (int i = 1; i < symbols.Length; i++)
            {
                Count(symbols.AsSpan(0, i), symbols[i]);
            }
        }
    }

    /// <summary>n: symbols of an n-gram, the predicted one included.</summary>
    public int Order { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<double[]> LogProbabilities(IReadOnlyList<int[]> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        List<double[]> result = [];
        foreach (int[] sentence in sentences)
        {
            int[] symbols = [Encoder.Vocabulary.Start!.Value, .. sentence, Encoder.Vocabulary.End!.Value];
            double[] logs = new double[symbols.Length - 1];
            for (int i = 1; i < symbols.Length; i++)
            {
                logs[i - 1] = Math.Log(Probability(symbols.AsSpan(0, i), symbols[i]));
            }

            result.Add(logs);
        }

        return result;
    }

    /// <inheritdoc/>
    public override double[] NextLogProbabilities(IReadOnlyList<int> before)
    {
        ArgumentNullException.ThrowIfNull(before);
        int[] context = [Encoder.Vocabulary.Start!.Value, .. before];
        return [.. Enumerable.Range(0, Encoder.Vocabulary.Count).Select(symbol => Math.Log(Probability(context, symbol)))];
    }

    private void Count(ReadOnlySpan<int> before, int symbol)
    {
        Context context = _root;
        context.Add(symbol);
        for (int back = 1; back < Order && back <= before.Length; back++)
        {
            context = context.Before(before[^back], create: true)!;
            context.Add(symbol);
        }
    }

    // From the shortest context to the longest that occurred, each leaning on the one before.
    private double Probability(ReadOnlySpan<int> before, int symbol)
    {
        double probability = _root.Probability(symbol, 1.0 / Encoder.Vocabulary.Count);
        Context? context = _root;
        for (int back = 1; back < Order && back <= before.Length; back++)
        {
            context = context.Before(before[^back], create: false);
            if (context is null)
            {
                break;
            }

            probability = context.Probability(symbol, probability);
        }

        return probability;
    }

    /// <summary>The last symbols before a predicted one, the nearest first on the way down.</summary>
    private sealed class Context
    {
        private readonly Dictionary<int, long> _counts = [];
        private Dictionary<int, Context>? _longer;
        private long _total;

        public void Add(int symbol)
        {
            _counts[symbol] = _counts.GetValueOrDefault(symbol) + 1;
            _total++;
        }

        public Context? Before(int symbol, bool create)
        {
            if (_longer is not null && _longer.TryGetValue(symbol, out Context? longer))
            {
                return longer;
            }

            if (!create)
            {
                return null;
            }

            _longer ??= [];
            return _longer[symbol] = new Context();
        }

        public double Probability(int symbol, double shorter)
        {
            double different = _counts.Count;
            return _total == 0 ? shorter : (_counts.GetValueOrDefault(symbol) + (different * shorter)) / (_total + different);
        }
    }
}
