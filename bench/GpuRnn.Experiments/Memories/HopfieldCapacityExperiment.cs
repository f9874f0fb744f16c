using GpuRnn.Experiments.Frame;
using GpuRnn.Memories;
using GpuRnn.Tensors;

namespace GpuRnn.Experiments.Memories;

/// <summary>How many random patterns a Hopfield network holds: near 0.138 N what comes back parts from what was stored.</summary>
internal sealed class HopfieldCapacityExperiment : IExperiment
{
    private const string Subject = "Hopfield, Hebb";
    private const string Below = "overlap at 0.12 N";
    private const string Above = "overlap at 0.16 N";
    private const string Capacity = "patterns per unit at which half come back";
    private const string Limit = "the same for N to infinity";

    // What came back counts as the pattern where it agrees with it in more than 95 % of the units.
    private const double Found = 0.9;

    /// <inheritdoc/>
    public string Name => "hopfield-capacity";

    /// <inheritdoc/>
    public string Title => "patterns that a Hopfield network holds";

    /// <inheritdoc/>
    public string Source =>
        "Amit, Gutfreund and Sompolinsky (1985), \"Storing infinite numbers of patterns in a spin-glass model of neural networks\" (capacity for N to infinity)";

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick)
    {
        return isQuick
            ? [new Figure(Subject, Below, "-") { AtLeast = 0.9 }, new Figure(Subject, Capacity, "-") { AtLeast = 0.12, AtMost = 0.25 }]
            :
            [
                new Figure(Subject, Below, "-") { AtLeast = 0.95 },
                new Figure(Subject, Above, "-") { AtMost = 0.6 },
                new Figure(Subject, Capacity, "0.138") { AtLeast = 0.13, AtMost = 0.15 },
                new Figure(Subject, Limit, "0.138") { AtLeast = 0.13, AtMost = 0.15 },
            ];
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        if (run.IsQuick)
        {
            (double capacity, Dictionary<double, double> overlaps) = Measure(run, 300, 1);
            run.Record(Subject, Below, overlaps[0.12]);
            run.Record(Subject, Capacity, capacity);
            return;
        }

        // Smaller networks hold fewer patterns, so as many more of them are asked.
        double[] sizes = [750, 1500, 3000];
        double[] capacities = new double[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            (capacities[i], Dictionary<double, double> overlaps) = Measure(run, (int)sizes[i], (int)(sizes[^1] / sizes[i]));
            if (i == sizes.Length - 1)
            {
                run.Record(Subject, Below, overlaps[0.12]);
                run.Record(Subject, Above, overlaps.GetValueOrDefault(0.16, double.NaN));
                run.Record(Subject, Capacity, capacities[i]);
            }
        }

        run.Record(Subject, Limit, Intercept([.. sizes.Select(size => 1.0 / Math.Sqrt(size))], capacities));
    }

    // More and more patterns, until fewer than half come back at 0.16 or beyond.
    private static (double Capacity, Dictionary<double, double> Overlaps) Measure(ExperimentRun run, int units, int networks)
    {
        double[] loads = [0.12, 0.14, 0.15, 0.16, 0.17, 0.18, 0.2, 0.22];
        double[] shares = new double[loads.Length];
        Dictionary<double, double> overlaps = [];
        List<(HopfieldNetwork Network, sbyte[] Patterns)> all = [];
        for (int i = 0; i < networks; i++)
        {
            RandomSource random = new(run.Stream((units * 10) + i));
            all.Add((new HopfieldNetwork(run.Device, units), Signs(random, (int)(loads[^1] * units) * units)));
        }

        for (int i = 0; i < loads.Length && (i == 0 || loads[i - 1] < 0.16 || shares[i - 1] >= 0.5); i++)
        {
            int count = (int)(loads[i] * units);
            double[] found = [.. all.SelectMany(one => StoreAndRecall(one.Network, one.Patterns.AsSpan(0, count * units), run.Stream(2)))];
            shares[i] = found.Average(overlap => overlap > Found ? 1.0 : 0.0);
            overlaps[loads[i]] = found.Average();
            run.Say(FormattableString.Invariant($"{units} units, {count} patterns: mean overlap {overlaps[loads[i]]:0.000}, {shares[i]:P1} come back"));
        }

        all.ForEach(one => one.Network.Dispose());
        return (Crossing(loads, shares), overlaps);
    }

    private static double[] StoreAndRecall(HopfieldNetwork network, ReadOnlySpan<sbyte> patterns, ulong seed)
    {
        network.Store(patterns[(network.PatternCount * network.Size)..], HopfieldRule.Hebb);
        return Overlaps(network, patterns, seed);
    }

    // Where the straight line of least squares meets x = 0.
    private static double Intercept(double[] x, double[] y)
    {
        double meanX = x.Average();
        double slope = x.Zip(y, (one, value) => (one - meanX) * (value - y.Average())).Sum() / x.Sum(one => (one - meanX) * (one - meanX));
        return y.Average() - (slope * meanX);
    }

    // Each pattern is where the network starts; how much of it is left when the network rests.
    private static double[] Overlaps(HopfieldNetwork network, ReadOnlySpan<sbyte> patterns, ulong seed)
    {
        sbyte[] states = network.Recall(patterns, seed: seed).States;
        double[] overlaps = new double[patterns.Length / network.Size];
        for (int i = 0; i < states.Length; i++)
        {
            overlaps[i / network.Size] += states[i] * patterns[i] / (double)network.Size;
        }

        return overlaps;
    }

    // Between the two loads around a share of one half, on a straight line; NaN where it is never crossed.
    private static double Crossing(double[] loads, double[] shares)
    {
        for (int i = 1; i < loads.Length; i++)
        {
            if (shares[i - 1] >= 0.5 && shares[i] < 0.5)
            {
                return loads[i - 1] + ((loads[i] - loads[i - 1]) * (shares[i - 1] - 0.5) / (shares[i - 1] - shares[i]));
            }
        }

        return double.NaN;
    }

    private static sbyte[] Signs(RandomSource random, int count)
    {
        sbyte[] signs = new sbyte[count];
        for (int i = 0; i < count; i++)
        {
            signs[i] = (sbyte)((2 * random.NextInt(2)) - 1);
        }

        return signs;
    }
}
