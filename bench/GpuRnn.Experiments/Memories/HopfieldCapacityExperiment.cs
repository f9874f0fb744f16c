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
            ? [new Figure(Subject, Below, "-") { AtLeast = 0.9 }, new Figure(Subject, Capacity, "-") { AtLeast = 0.11, AtMost = 0.18 }]
            :
            [
                new Figure(Subject, Below, "-") { AtLeast = 0.95 },
                new Figure(Subject, Above, "-") { AtMost = 0.6 },
                new Figure(Subject, Capacity, "0.138") { AtLeast = 0.13, AtMost = 0.15 },
            ];
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        int units = run.IsQuick ? 300 : 3000;
        double[] loads = run.IsQuick ? [0.1, 0.12, 0.14, 0.16, 0.18, 0.2] : [0.12, 0.13, 0.135, 0.14, 0.145, 0.15, 0.16];
        double[] overlaps = new double[loads.Length];
        double[] shares = new double[loads.Length];
        using HopfieldNetwork network = new(run.Device, units);
        sbyte[] patterns = Signs(new RandomSource(run.Stream(1)), (int)(loads[^1] * units) * units);
        for (int i = 0; i < loads.Length; i++)
        {
            int count = (int)(loads[i] * units);
            network.Store(patterns.AsSpan(network.PatternCount * units, (count - network.PatternCount) * units), HopfieldRule.Hebb);
            double[] found = Overlaps(network, patterns.AsSpan(0, count * units), run.Stream(2));
            (overlaps[i], shares[i]) = (found.Average(), found.Average(overlap => overlap > Found ? 1.0 : 0.0));
            run.Say(FormattableString.Invariant($"{count} patterns: mean overlap {overlaps[i]:0.000}, {shares[i]:P1} come back"));
        }

        run.Record(Subject, Below, overlaps[Array.IndexOf(loads, 0.12)]);
        run.Record(Subject, Capacity, Crossing(loads, shares));
        if (!run.IsQuick)
        {
            run.Record(Subject, Above, overlaps[^1]);
        }
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
