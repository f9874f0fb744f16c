using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Memories;

/// <summary>The binary associative memory of Hopfield (1982): patterns become the stable states of N units that all see each other.</summary>
/// <remarks>
/// <para>
/// x_i = sign(Σ_j w_ij x_j), where a sum of 0 leaves x_i as it is; the energy is E = −½ Σ_ij w_ij x_i x_j, with w_ij = w_ji and w_ii = 0. Source: Hopfield (1982),
/// "Neural networks and physical systems with emergent collective computational abilities".
/// </para>
/// <para>
/// The products over all units run on the device, for all states of a batch at once; signs and the units' order are the host's. After one
/// product for a sweep, a unit that turns changes the other sums by twice its column, so a sweep costs N·(turned units) beyond the product. With Hebb's rule
/// the device computes whole numbers below 2²⁴ without error, and every device gives the same states.
/// </para>
/// </remarks>
public sealed class HopfieldNetwork : IDisposable
{
    private readonly double[] _weights;
    private readonly Tensor _onDevice;
    private readonly Tape _tape;

    /// <summary>A memory without a pattern.</summary>
    /// <param name="device">Where products run; it must outlive the network.</param>
    /// <param name="size">N, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 2.</exception>
    public HopfieldNetwork(Device device, int size)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentCheck.AtLeast(size, 2, nameof(HopfieldNetwork), nameof(size), "the elements of a pattern");
        Size = size;
        _weights = new double[size * size];
        _onDevice = Tensor.Zeros(device, size, size);
        _tape = Tape.Inference(device);
    }

    /// <summary>N, the units.</summary>
    public int Size { get; }

    /// <summary>Patterns stored so far.</summary>
    public int PatternCount { get; private set; }

    /// <summary>w, [N, N], symmetric with zeros on the diagonal.</summary>
    public double[] Weights => Array.ConvertAll(_weights, weight => weight / Size);

    /// <summary>Reads a memory from a file.</summary>
    /// <param name="device">Where products run.</param>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <exception cref="Weights.WeightsFileException">The file is missing, damaged, or not of a Hopfield network.</exception>
    public static HopfieldNetwork Load(Device device, string path)
    {
        (double[] weights, int size, int patternCount) = MemoryFile.ReadHopfield(path);
        HopfieldNetwork network = new(device, size) { PatternCount = patternCount };
        weights.CopyTo(network._weights, 0);
        network.Upload();
        return network;
    }

    /// <summary>Writes the weights as safetensors.</summary>
    /// <exception cref="Weights.WeightsFileException">The file cannot be written.</exception>
    public void Save(string path)
    {
        MemoryFile.WriteHopfield(path, _weights, Size, PatternCount);
    }

    /// <summary>Adds patterns to what is stored, one after another.</summary>
    /// <param name="patterns">[P, N] of −1 and 1.</param>
    /// <param name="rule">How.</param>
    /// <exception cref="ShapeException">The length is no multiple of N.</exception>
    /// <exception cref="ArgumentException">An element is neither −1 nor 1.</exception>
    /// <remarks>O(N²) a pattern, on the host in double precision.</remarks>
    public void Store(ReadOnlySpan<sbyte> patterns, HopfieldRule rule)
    {
        int count = RequirePatterns(patterns, "HopfieldNetwork.Store");
        double[] pattern = new double[Size];
        double[] sums = new double[Size];
        for (int p = 0; p < count; p++)
        {
            for (int i = 0; i < Size; i++)
            {
                pattern[i] = patterns[(p * Size) + i];
            }

            for (int i = 0; rule == HopfieldRule.Storkey && i < Size; i++)
            {
                sums[i] = Sum(i, pattern);
            }

            Add(pattern, rule == HopfieldRule.Storkey ? sums : null);
        }

        PatternCount += count;
        Upload();
    }

    /// <summary>Lets states fall into the nearest memories.</summary>
    /// <param name="states">[B, N] of −1 and 1: where to start; not modified.</param>
    /// <param name="update">The order of the units.</param>
    /// <param name="maximumSweeps">Sweeps after which it ends in any case.</param>
    /// <param name="seed">Decides the order of asynchronous updates, the same for all states of a batch.</param>
    /// <exception cref="ShapeException">The length is no multiple of N.</exception>
    /// <exception cref="ArgumentException">An element is neither −1 nor 1.</exception>
    public HopfieldRecall Recall(
        ReadOnlySpan<sbyte> states, HopfieldUpdate update = HopfieldUpdate.Asynchronous, int maximumSweeps = 100, ulong seed = 1)
    {
        int batch = RequirePatterns(states, "HopfieldNetwork.Recall");
        ArgumentCheck.AtLeast(maximumSweeps, 0, "HopfieldNetwork.Recall", nameof(maximumSweeps), "a count such as 100");
        sbyte[] current = states.ToArray();
        int[] sweeps = new int[batch];
        bool[] isStable = new bool[batch];
        RandomSource random = new(seed);
        int[] order = [.. Enumerable.Range(0, Size)];
        int[] moving = [.. Enumerable.Range(0, batch)];
        for (int sweep = 0; sweep <= maximumSweeps && moving.Length > 0; sweep++)
        {
            // States at rest are not multiplied again.
            double[] sums = Sums([.. moving.SelectMany(row => new ArraySegment<sbyte>(current, row * Size, Size))]);
            if (update == HopfieldUpdate.Asynchronous)
            {
                random.Shuffle<int>(order);
            }

            for (int i = 0; i < moving.Length; i++)
            {
                int row = moving[i];
                Span<sbyte> state = current.AsSpan(row * Size, Size);
                Span<double> rowSums = sums.AsSpan(i * Size, Size);
                isStable[row] = !WouldTurn(state, rowSums);
                if (!isStable[row] && sweep < maximumSweeps)
                {
                    sweeps[row]++;
                    Sweep(state, rowSums, order, update);
                }
            }

            moving = [.. moving.Where(row => !isStable[row])];
        }

        return new HopfieldRecall(current, sweeps, isStable);
    }

    /// <summary>E = −½ Σ_ij w_ij x_i x_j of each state.</summary>
    /// <param name="states">[B, N] of −1 and 1.</param>
    /// <exception cref="ShapeException">The length is no multiple of N.</exception>
    /// <exception cref="ArgumentException">An element is neither −1 nor 1.</exception>
    public double[] Energy(ReadOnlySpan<sbyte> states)
    {
        int batch = RequirePatterns(states, "HopfieldNetwork.Energy");
        double[] sums = Sums(states.ToArray());
        double[] energies = new double[batch];
        for (int i = 0; i < sums.Length; i++)
        {
            energies[i / Size] -= 0.5 * states[i] * sums[i] / Size;
        }

        return energies;
    }

    /// <summary>Frees the device memory.</summary>
    public void Dispose()
    {
        _tape.Dispose();
        _onDevice.Dispose();
    }

    private static bool WouldTurn(ReadOnlySpan<sbyte> state, ReadOnlySpan<double> sums)
    {
        for (int i = 0; i < state.Length; i++)
        {
            if (state[i] * sums[i] < 0.0)
            {
                return true;
            }
        }

        return false;
    }

    private void Sweep(Span<sbyte> state, Span<double> sums, int[] order, HopfieldUpdate update)
    {
        foreach (int i in order)
        {
            if (state[i] * sums[i] < 0.0)
            {
                state[i] = (sbyte)-state[i];
                if (update == HopfieldUpdate.Asynchronous)
                {
                    DoubleVectors.AddScaled(2.0 * state[i], _weights.AsSpan(i * Size, Size), sums);
                }
            }
        }
    }

    private double Sum(int unit, double[] pattern)
    {
        double sum = 0.0;
        for (int j = 0; j < Size; j++)
        {
            sum += _weights[(unit * Size) + j] * pattern[j];
        }

        return sum;
    }

    // Kept are N times the weights, which Hebb's rule makes whole numbers. The sums are those of Storkey's rule, which takes out of each its own two units.
    private void Add(double[] pattern, double[]? sums)
    {
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double weight = _weights[(i * Size) + j];
                double fromOthers = sums is null
                    ? 0.0
                    : ((sums[i] - (weight * pattern[j])) * pattern[j]) + (pattern[i] * (sums[j] - (weight * pattern[i])));
                weight += (pattern[i] * pattern[j]) - (fromOthers / Size);
                _weights[(i * Size) + j] = weight;
                _weights[(j * Size) + i] = weight;
            }
        }
    }

    private double[] Sums(sbyte[] states)
    {
        _tape.Reset();
        float[] values = Array.ConvertAll(states, value => (float)value);
        Tensor input = _tape.Input(values, states.Length / Size, Size);
        return Array.ConvertAll(Linear.Forward(_tape, input, _onDevice, null).ToArray(), value => (double)value);
    }

    private void Upload()
    {
        _onDevice.CopyFrom(Array.ConvertAll(_weights, weight => (float)weight));
    }

    private int RequirePatterns(ReadOnlySpan<sbyte> patterns, string where)
    {
        if (patterns.Length % Size != 0)
        {
            throw new ShapeException(
                $"{where}: {patterns.Length} elements arrived, but [B, N={Size}] are needed. Pass {Size} for each pattern or state.", nameof(patterns));
        }

        for (int i = 0; i < patterns.Length; i++)
        {
            if (patterns[i] is not (1 or -1))
            {
                throw new ArgumentException(
                    $"{where}: element {i} is {patterns[i]}, but -1 or 1 is needed. Turn bits into 2·bit − 1.", nameof(patterns));
            }
        }

        return patterns.Length / Size;
    }
}
