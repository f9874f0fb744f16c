namespace GpuRnn.Decoding;

/// <summary>The likeliest prefixes of one row so far, each with the probability of its alignments that end in a blank and of those that do not.</summary>
/// <remarks>
/// Hannun, Maas, Jurafsky and Ng 2014, First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs, algorithm 1,
/// without a language model. Both probabilities are needed because a repeated label is a new one only behind a blank.
/// </remarks>
internal sealed class CtcPrefixBeam
{
    private readonly int _width;
    private readonly int _blank;
    private List<Prefix> _prefixes;

    /// <summary>Begins with the empty prefix.</summary>
    public CtcPrefixBeam(int width, int blank)
    {
        (_width, _blank) = (width, blank);
        Prefix empty = new(null, blank) { EndsInBlank = 0.0 };
        _prefixes = [empty];
    }

    /// <summary>Goes one step on.</summary>
    /// <param name="logProbabilities">[V], of this step.</param>
    public void Advance(double[] logProbabilities)
    {
        List<Prefix> touched = [];
        foreach (Prefix prefix in _prefixes)
        {
            double total = prefix.Total;
            Touch(prefix, touched);
            prefix.NextEndsInBlank = LogSum(prefix.NextEndsInBlank, total + logProbabilities[_blank]);
            for (int label = 0; label < logProbabilities.Length; label++)
            {
                if (label == _blank)
                {
                    continue;
                }

                bool isRepeat = prefix.Parent is not null && label == prefix.Label;
                if (isRepeat)
                {
                    // Without a blank between, it is the same label still going on.
                    prefix.NextEndsInLabel = LogSum(prefix.NextEndsInLabel, prefix.EndsInLabel + logProbabilities[label]);
                }

                Prefix longer = prefix.Child(label);
                Touch(longer, touched);
                double from = isRepeat ? prefix.EndsInBlank : total;
                longer.NextEndsInLabel = LogSum(longer.NextEndsInLabel, from + logProbabilities[label]);
            }
        }

        foreach (Prefix prefix in touched)
        {
            prefix.Advance();
        }

        // A prefix that is dropped may come back later, with nothing of what it had: what it then begins with comes from those that go on.
        _prefixes = [.. touched.Where(prefix => !double.IsNegativeInfinity(prefix.Total)).OrderByDescending(prefix => prefix.Total).Take(_width)];

        // Each step touches V longer prefixes of every kept one: those that nothing kept goes on from are given up.
        HashSet<Prefix> alive = [.. _prefixes];
        for (int i = touched.Count - 1; i >= 0; i--)
        {
            if (!alive.Contains(touched[i]))
            {
                touched[i].GiveUpIfLeaf();
            }
        }
    }

    /// <summary>The prefixes, the likeliest first.</summary>
    public IReadOnlyList<CtcHypothesis> Hypotheses()
    {
        return [.. _prefixes.Select(prefix => new CtcHypothesis(prefix.Labels(), prefix.Total))];
    }

    private static void Touch(Prefix prefix, List<Prefix> touched)
    {
        if (!prefix.IsTouched)
        {
            prefix.IsTouched = true;
            touched.Add(prefix);
        }
    }

    private static double LogSum(double a, double b)
    {
        double largest = Math.Max(a, b);
        return double.IsNegativeInfinity(largest) ? largest : largest + Math.Log(Math.Exp(a - largest) + Math.Exp(b - largest));
    }

    private sealed class Prefix(Prefix? parent, int label)
    {
        private Dictionary<int, Prefix>? _children;

        public Prefix? Parent { get; } = parent;

        public int Label { get; } = label;

        public bool IsTouched { get; set; }

        public double EndsInBlank { get; set; } = double.NegativeInfinity;

        public double EndsInLabel { get; private set; } = double.NegativeInfinity;

        public double NextEndsInBlank { get; set; } = double.NegativeInfinity;

        public double NextEndsInLabel { get; set; } = double.NegativeInfinity;

        public double Total => LogSum(EndsInBlank, EndsInLabel);

        public Prefix Child(int label)
        {
            _children ??= [];
            if (!_children.TryGetValue(label, out Prefix? child))
            {
                child = new Prefix(this, label);
                _children.Add(label, child);
            }

            return child;
        }

        public void Advance()
        {
            (EndsInBlank, EndsInLabel, IsTouched) = (NextEndsInBlank, NextEndsInLabel, false);
            (NextEndsInBlank, NextEndsInLabel) = (double.NegativeInfinity, double.NegativeInfinity);
        }

        public void GiveUpIfLeaf()
        {
            if (_children is null or { Count: 0 })
            {
                Parent?._children!.Remove(Label);
            }
        }

        public int[] Labels()
        {
            List<int> labels = [];
            for (Prefix one = this; one.Parent is not null; one = one.Parent)
            {
                labels.Add(one.Label);
            }

            labels.Reverse();
            return [.. labels];
        }
    }
}
