using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.Memories;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Memories;

/// <summary>The binary associative memory: patterns, half of them disturbed, must fall into the very states that plain sums in double give.</summary>
/// <remarks>Hebb's sums are whole numbers, exact in float32. With Storkey's rule the case demands that no sum comes near 0 (see <see cref="Run"/>).</remarks>
internal sealed class HopfieldCase : ConformanceCase
{
    private const int Sweeps = 6;

    private readonly int _size;
    private readonly int _patternCount;
    private readonly HopfieldRule _rule;
    private readonly HopfieldUpdate _update;

    private HopfieldCase(int size, int patternCount, HopfieldRule rule, HopfieldUpdate update)
        : base("network Hopfield", $"N={size} patterns={patternCount} {rule} {update}")
    {
        (_size, _patternCount, _rule, _update) = (size, patternCount, rule, update);
    }

    public static IEnumerable<ConformanceCase> All()
    {
        return
        [
            new HopfieldCase(17, 2, HopfieldRule.Hebb, HopfieldUpdate.Asynchronous),
            new HopfieldCase(33, 6, HopfieldRule.Storkey, HopfieldUpdate.Asynchronous),
            new HopfieldCase(23, 4, HopfieldRule.Hebb, HopfieldUpdate.Synchronous),
        ];
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        sbyte[] patterns = [.. CaseValues.Uniform(_patternCount * _size, 3).Select(value => (sbyte)(value < 0 ? -1 : 1))];
        sbyte[] starts = [.. patterns.Select((value, i) => (sbyte)(i % 5 == 0 ? -value : value))];
        using HopfieldNetwork network = new(device, _size);
        network.Store(patterns, _rule);
        double[] weights = Weights(patterns);
        recorder.Compare("weights", weights, Array.ConvertAll(network.Weights, value => (float)value), Tolerances.Single(_size, _patternCount));
        HopfieldRecall recall = network.Recall(starts, _update, Sweeps, seed: 5);
        double[] expected = [.. Enumerable.Range(0, _patternCount).SelectMany(row => Fall(weights, starts.AsSpan(row * _size, _size).ToArray()))];
        recorder.Compare("states", expected, Array.ConvertAll(recall.States, value => (float)value), Tolerances.Exact, _patternCount, _size);

        double[] energies = [.. Enumerable.Range(0, _patternCount).Select(row => Energy(weights, starts.AsSpan(row * _size, _size)))];
        double magnitude = weights.Sum(Math.Abs);
        recorder.Compare("energies", energies, Array.ConvertAll(network.Energy(starts), value => (float)value), Tolerances.Single(_size, 1, magnitude));
    }

    // Hopfield (1982) and Storkey (1997), word for word.
    private double[] Weights(sbyte[] patterns)
    {
        double[] weights = new double[_size * _size];
        for (int p = 0; p < _patternCount; p++)
        {
            double[] before = [.. weights];
            double X(int i) => patterns[(p * _size) + i];
            double H(int i, int j) => Enumerable.Range(0, _size).Where(k => k != i && k != j).Sum(k => before[(i * _size) + k] * X(k));
            for (int i = 0; i < _size; i++)
            {
                for (int j = 0; j < _size; j++)
                {
                    double others = _rule == HopfieldRule.Storkey ? (X(i) * H(j, i)) + (H(i, j) * X(j)) : 0.0;
                    weights[(i * _size) + j] += i == j ? 0.0 : ((X(i) * X(j)) - others) / _size;
                }
            }
        }

        return weights;
    }

    private double[] Fall(double[] weights, sbyte[] start)
    {
        double[] state = Array.ConvertAll(start, value => (double)value);
        RandomSource random = new(5);
        int[] order = [.. Enumerable.Range(0, _size)];
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            double[] seen = _update == HopfieldUpdate.Synchronous ? [.. state] : state;
            if (_update == HopfieldUpdate.Asynchronous)
            {
                random.Shuffle<int>(order);
            }

            foreach (int i in order)
            {
                double sum = Enumerable.Range(0, _size).Sum(j => weights[(i * _size) + j] * seen[j]);
                RequireClear(i, sum);
                state[i] = Math.Abs(sum) < 1e-9 ? state[i] : Math.Sign(sum);
            }
        }

        return state;
    }

    // Where float32 may round a sum over 0, devices may differ; the numbers were chosen so that none comes near it.
    private void RequireClear(int unit, double sum)
    {
        double doubt = Tolerances.Single(_size, 1, _size).Absolute;
        if (_rule == HopfieldRule.Storkey && Math.Abs(sum) <= doubt)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"HopfieldCase: the sum of unit {unit} is {sum}, but must be beyond {doubt} for one right answer. Choose other patterns."));
        }
    }

    private double Energy(double[] weights, ReadOnlySpan<sbyte> state)
    {
        double sum = 0.0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum -= 0.5 * weights[i] * state[i / _size] * state[i % _size];
        }

        return sum;
    }
}
