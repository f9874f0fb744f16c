using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.Memories;

namespace GpuRnn.Conformance.Memories;

/// <summary>Retrieval from a continuous memory against Ramsauer's formula in double precision.</summary>
internal sealed class ContinuousMemoryCase : ConformanceCase
{
    private readonly int _size;
    private readonly int _patternCount;
    private readonly int _batch;
    private readonly int _steps;
    private readonly float _beta;

    private ContinuousMemoryCase(int size, int patternCount, int batch, int steps, float beta)
        : base("network continuous Hopfield", $"N={size} patterns={patternCount} B={batch} steps={steps} beta={beta}")
    {
        (_size, _patternCount, _batch, _steps, _beta) = (size, patternCount, batch, steps, beta);
    }

    public static IEnumerable<ConformanceCase> All()
    {
        return [new ContinuousMemoryCase(1, 1, 1, 1, 1.0f), new ContinuousMemoryCase(13, 7, 3, 2, 0.5f), new ContinuousMemoryCase(33, 17, 5, 1, 4.0f)];
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        float[] patterns = CaseValues.Uniform(_patternCount * _size, 3);
        float[] states = CaseValues.Uniform(_batch * _size, 4);
        using ContinuousMemory memory = new(device, patterns, _size, _beta);
        double[] expected = CaseValues.Widen(states);
        double[] errors = new double[expected.Length];
        for (int step = 0; step < _steps; step++)
        {
            for (int row = 0; row < _batch; row++)
            {
                Retrieve(patterns, expected.AsSpan(row * _size, _size), errors.AsSpan(row * _size, _size));
            }
        }

        recorder.Compare("states", expected, memory.Retrieve(states, _steps), errors, "float32, the errors of scores carried through the softmax", _batch, _size);
        RequireDescent(recorder, memory, states);
    }

    // The energy never rises (Ramsauer et al., theorem 2): of each state and its successor the smaller energy is the successor's.
    private void RequireDescent(ConformanceRecorder recorder, ContinuousMemory memory, float[] states)
    {
        double[] before = memory.Energy(states);
        double[] after = memory.Energy(memory.Retrieve(states));
        double[] smaller = [.. before.Zip(after, Math.Min)];
        recorder.Compare("energies after a step", smaller, Array.ConvertAll(after, value => (float)value), Tolerances.Single(_size, 1, 2.0 * _size));
    }

    /// <summary>ξ ← Xᵀ softmax(β X ξ), with a bound of the error.</summary>
    /// <remarks>
    /// A score errs by δ: γ_N of its absolute values, and β |X| times the error of ξ. Shares p then err by a factor of at most e^(2δ), and the softmax's own roundings;
    /// each element of the result by the shares' error over all patterns and γ_P of its absolute values.
    /// </remarks>
    private void Retrieve(float[] patterns, Span<double> state, Span<double> errors)
    {
        double[] scores = new double[_patternCount];
        double largestError = 0.0;
        for (int p = 0; p < _patternCount; p++)
        {
            double magnitude = 0.0;
            double carried = 0.0;
            for (int i = 0; i < _size; i++)
            {
                double x = _beta * patterns[(p * _size) + i];
                scores[p] += x * state[i];
                magnitude += Math.Abs(x * state[i]);
                carried += Math.Abs(x) * errors[i];
            }

            largestError = Math.Max(largestError, carried + (Tolerances.Single(_size).Absolute * magnitude));
        }

        double largest = scores.Max();
        double total = scores.Sum(score => Math.Exp(score - largest));
        double[] shares = Array.ConvertAll(scores, score => Math.Exp(score - largest) / total);

        // The rounding of a score minus the largest one counts for each unit of their distance, whose exponential makes it small.
        double distance = Math.Min(largest - scores.Min(), 100.0);
        double ofShares = Math.Exp(2.0 * largestError) - 1.0 + (Tolerances.Single(_patternCount).Absolute * (1.0 + distance));
        double[] next = new double[_size];
        double[] nextErrors = new double[_size];
        for (int i = 0; i < _size; i++)
        {
            double magnitude = 0.0;
            for (int p = 0; p < _patternCount; p++)
            {
                double term = shares[p] * patterns[(p * _size) + i];
                next[i] += term;
                magnitude += Math.Abs(term);
            }

            nextErrors[i] = magnitude * (ofShares + (Tolerances.Single(_patternCount).Absolute * (1.0 + ofShares)));
        }

        next.CopyTo(state);
        nextErrors.CopyTo(errors);
    }
}
