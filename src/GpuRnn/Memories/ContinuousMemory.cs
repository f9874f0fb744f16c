using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Memories;

/// <summary>The continuous Hopfield network of Ramsauer et al. (2020): one step retrieves the stored pattern that is nearest to a state.</summary>
/// <remarks>
/// ξ ← Xᵀ softmax(β X ξ) for patterns X [P, N]; the energy is E = −lse(β, X ξ) + ½ ξᵀξ + ln(P)/β + ½ M², with lse(β, z) = ln(Σ e^(β z_i))/β and M the
/// longest pattern, and never rises. A large β retrieves one pattern, a small one the mean of several. Source: Ramsauer et al. (2020), "Hopfield networks is
/// all you need", equations 2 and 3; the step is the attention of transformers.
/// </remarks>
public sealed class ContinuousMemory : IDisposable
{
    private readonly Tensor _patterns;
    private readonly Tensor _scaled;

    /// <summary>Stores patterns.</summary>
    /// <param name="device">Where retrieval runs; it must outlive the memory.</param>
    /// <param name="patterns">X, [P, N], row-major; copied.</param>
    /// <param name="size">N, at least 1.</param>
    /// <param name="beta">β, above 0: how sharply the nearest pattern is preferred; 1/√N is that of transformers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1, or β is not finite and above 0.</exception>
    /// <exception cref="ShapeException">The patterns are none, or no multiple of N numbers.</exception>
    public ContinuousMemory(Device device, float[] patterns, int size, float beta)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentCheck.AtLeast(size, 1, nameof(ContinuousMemory), nameof(size), "the elements of a pattern");
        ArgumentCheck.Positive(beta, nameof(ContinuousMemory), nameof(beta), "a number such as 1");
        if (patterns.Length == 0 || patterns.Length % size != 0)
        {
            throw new ShapeException(
                $"ContinuousMemory: {patterns.Length} numbers arrived, but [P, N={size}] with at least one pattern are needed. Pass {size} for each.",
                nameof(patterns));
        }

        (Size, Beta, PatternCount) = (size, beta, patterns.Length / size);
        _patterns = Tensor.FromArray(device, patterns, PatternCount, size);
        _scaled = Tensor.FromArray(device, Array.ConvertAll(patterns, value => value * beta), PatternCount, size);
    }

    /// <summary>N, the elements of a pattern.</summary>
    public int Size { get; }

    /// <summary>P, the patterns.</summary>
    public int PatternCount { get; }

    /// <summary>β.</summary>
    public float Beta { get; }

    /// <summary>Reads a memory from a file.</summary>
    /// <param name="device">Where retrieval runs.</param>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <exception cref="Weights.WeightsFileException">The file is missing, damaged, or not of a continuous memory.</exception>
    public static ContinuousMemory Load(Device device, string path)
    {
        (float[] patterns, int size, float beta) = MemoryFile.ReadContinuous(path);
        return new ContinuousMemory(device, patterns, size, beta);
    }

    /// <summary>Writes patterns and β as safetensors.</summary>
    /// <exception cref="Weights.WeightsFileException">The file cannot be written.</exception>
    public void Save(string path)
    {
        MemoryFile.WriteContinuous(path, _patterns.ToArray(), Size, Beta);
    }

    /// <summary>Moves states towards stored patterns.</summary>
    /// <param name="tape">Records the operations; gradients go on to the states.</param>
    /// <param name="states">ξ, [B, N].</param>
    /// <param name="steps">Steps, at least 1; one is nearly always enough.</param>
    /// <returns>[B, N], of the tape.</returns>
    /// <exception cref="ShapeException">The last axis is not N.</exception>
    public Tensor Retrieve(Tape tape, Tensor states, int steps = 1)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(states);
        ArgumentCheck.AtLeast(steps, 1, "ContinuousMemory.Retrieve", nameof(steps), "a count of steps such as 1");
        if (states.Rank != 2 || states.Shape[1] != Size)
        {
            throw new ShapeException(
                $"ContinuousMemory.Retrieve: the states are {Tensor.Describe(states.Shape)}, but [B, N={Size}] are needed. Pass a row for each state.",
                nameof(states));
        }

        Tensor current = states;
        for (int step = 0; step < steps; step++)
        {
            Tensor shares = Softmax.Forward(tape, Linear.Forward(tape, current, _scaled, null));
            current = MatMul.Forward(tape, shares, _patterns);
        }

        return current;
    }

    /// <summary>Moves states towards stored patterns.</summary>
    /// <param name="states">ξ, [B, N].</param>
    /// <param name="steps">Steps, at least 1.</param>
    /// <exception cref="ShapeException">The length is no multiple of N.</exception>
    public float[] Retrieve(float[] states, int steps = 1)
    {
        RequireStates(states, "ContinuousMemory.Retrieve");
        using Tape tape = Tape.Inference(_patterns.Device);
        return Retrieve(tape, tape.Input(states, states.Length / Size, Size), steps).ToArray();
    }

    /// <summary>E of each state, at least 0; computed on the host in double precision.</summary>
    /// <param name="states">ξ, [B, N].</param>
    /// <exception cref="ShapeException">The length is no multiple of N.</exception>
    public double[] Energy(float[] states)
    {
        RequireStates(states, "ContinuousMemory.Energy");
        float[] patterns = _patterns.ToArray();
        double[] energies = new double[states.Length / Size];
        double longest = Enumerable.Range(0, PatternCount).Max(p => Dot(patterns, p, patterns, p));
        for (int row = 0; row < energies.Length; row++)
        {
            double[] scores = [.. Enumerable.Range(0, PatternCount).Select(p => Beta * Dot(patterns, p, states, row))];
            double largest = scores.Max();
            double logarithm = largest + Math.Log(scores.Sum(score => Math.Exp(score - largest)));
            energies[row] = ((Math.Log(PatternCount) - logarithm) / Beta) + (0.5 * (Dot(states, row, states, row) + longest));
        }

        return energies;
    }

    /// <summary>Frees the device memory.</summary>
    public void Dispose()
    {
        _patterns.Dispose();
        _scaled.Dispose();
    }

    private double Dot(float[] left, int leftRow, float[] right, int rightRow)
    {
        double sum = 0.0;
        for (int i = 0; i < Size; i++)
        {
            sum += (double)left[(leftRow * Size) + i] * right[(rightRow * Size) + i];
        }

        return sum;
    }

    private void RequireStates(float[] states, string where)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.Length % Size != 0)
        {
            throw new ShapeException($"{where}: {states.Length} numbers arrived, but [B, N={Size}] are needed. Pass {Size} for each state.", nameof(states));
        }
    }
}
