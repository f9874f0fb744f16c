using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Reads from the steps of a sequence what a query asks for: a mean of them, weighted by how well each fits the query.</summary>
/// <remarks>
/// w[t, b, ·] = softmax over the present s of score(q[t, b], v[s, b]), c[t, b] = Σ_s w[t, b, s] v[s, b], with the score of <see cref="AttentionScore"/>.
/// All queries of a tensor are answered at once: two products for each sequence of the batch, whatever T is.
/// </remarks>
public sealed class Attention : Module
{
    private readonly AttentionOptions _options;
    private readonly Parameter? _query;
    private readonly Parameter? _key;
    private readonly Parameter? _vector;
    private readonly Parameter[] _parameters;

    /// <summary>Draws every matrix uniformly from ±1/√(its columns), and the vector from ±1/√A.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="options">Sizes and score.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">The score is the inner product, and queries and values differ in size; or a score that is no product is to be scaled.</exception>
    public Attention(Device device, AttentionOptions options, RandomSource random)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.AtLeast(options.QuerySize, 1, nameof(Attention), nameof(options.QuerySize), "the last axis of the queries");
        ArgumentCheck.AtLeast(options.ValueSize, 1, nameof(Attention), nameof(options.ValueSize), "the last axis of the values");
        ArgumentCheck.AtLeast(options.AttentionSize, 0, nameof(Attention), nameof(options.AttentionSize), "the units of the score, or 0 for as many as a query has");
        if (options.Score == AttentionScore.Dot && options.QuerySize != options.ValueSize)
        {
            throw new ArgumentException(
                $"Attention: QuerySize is {options.QuerySize} and ValueSize {options.ValueSize}, but an inner product needs both alike. "
                + $"Choose {nameof(AttentionScore)}.{nameof(AttentionScore.General)}, or make the sizes the same.",
                nameof(options));
        }

        if (options.IsScaled && options.Score is (AttentionScore.Additive or AttentionScore.Concat))
        {
            throw new ArgumentException(
                $"Attention: IsScaled is set and Score is {options.Score}, but only {nameof(AttentionScore.Dot)} and {nameof(AttentionScore.General)} have an inner product that grows "
                + "with its size. Leave IsScaled out, or choose one of these.",
                nameof(options));
        }

        _options = options with { AttentionSize = options.AttentionSize == 0 ? options.QuerySize : options.AttentionSize };
        (int units, int query, int value) = (_options.AttentionSize, options.QuerySize, options.ValueSize);
        switch (options.Score)
        {
            case AttentionScore.Additive:
                _query = Matrix(random, "query.weight", units, query);
                _key = Matrix(random, "key.weight", units, value);
                _vector = Parameter.CreateUniform(device, "vector", random, 1.0f / MathF.Sqrt(units), units);
                break;
            case AttentionScore.Concat:
                _key = Matrix(random, "weight", units, query + value);
                _vector = Parameter.CreateUniform(device, "vector", random, 1.0f / MathF.Sqrt(units), units);
                break;
            case AttentionScore.General:
                _key = Matrix(random, "weight", query, value);
                break;
            case AttentionScore.Dot:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(options), $"Attention: the score is {options.Score}, but must be one of {string.Join(", ", Enum.GetNames<AttentionScore>())}. Pass one of these.");
        }

        _parameters = [.. new[] { _query, _key, _vector }.OfType<Parameter>()];
    }

    /// <summary>The sizes and the score; the attention size is filled in.</summary>
    public AttentionOptions Options => _options;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    public override ModuleKind Kind => new($"attention {_options.Score}{(_options.IsScaled ? ", scaled" : string.Empty)}", string.Empty);

    /// <summary>Prepares what will be read: the part of the score that no query changes.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="values">[S, B, K], finite everywhere.</param>
    /// <param name="mask">Which steps are there; null when all are.</param>
    /// <exception cref="ShapeException">The values or the mask have other axes.</exception>
    public AttentionMemory Prepare(Tape tape, Tensor values, SequenceMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Rank != 3 || values.Shape[2] != _options.ValueSize)
        {
            throw new ShapeException(
                $"Attention.Prepare: the values are {Tensor.Describe(values.Shape)}, but [S, B, K={_options.ValueSize}] is needed. "
                + "Pass the encoder's output, or build the attention with another ValueSize.",
                nameof(values));
        }

        mask?.Require(values, "Attention.Prepare");
        return new AttentionMemory(values, Keys(tape, values), mask is null ? null : Present(tape, mask));
    }

    /// <summary>Answers queries.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="queries">[T, B, Q].</param>
    /// <param name="memory">What <see cref="Prepare"/> made, on this tape or detached.</param>
    /// <exception cref="ShapeException">The queries have other axes, or another batch than the memory.</exception>
    public AttentionResult Forward(Tape tape, Tensor queries, AttentionMemory memory)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(memory);
        if (queries.Rank != 3 || queries.Shape[2] != _options.QuerySize || queries.Shape[1] != memory.Values.Shape[1])
        {
            throw new ShapeException(
                $"Attention.Forward: the queries are {Tensor.Describe(queries.Shape)}, but [T, B={memory.Values.Shape[1]}, Q={_options.QuerySize}] is needed. "
                + "Pass one row of queries for each sequence, or build the attention with another QuerySize.",
                nameof(queries));
        }

        Tensor scores = _vector is null
            ? SequenceScores.Forward(tape, queries, memory.Keys)
            : AdditiveScores.Forward(tape, Linear.Forward(tape, queries, QueryWeight(tape)), memory.Keys, _vector.Value);
        Tensor weights = memory.Present is null ? Softmax.Forward(tape, scores) : MaskedSoftmax.Forward(tape, scores, memory.Present);
        return new AttentionResult(SequenceSums.Forward(tape, weights, memory.Values), weights);
    }

    /// <summary>Answers queries from values that are read once.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="queries">[T, B, Q].</param>
    /// <param name="values">[S, B, K].</param>
    /// <param name="mask">Which steps of the values are there; null when all are.</param>
    /// <exception cref="ShapeException">An axis is not what the attention needs.</exception>
    public AttentionResult Forward(Tape tape, Tensor queries, Tensor values, SequenceMask? mask = null)
    {
        return Forward(tape, queries, Prepare(tape, values, mask));
    }

    /// <summary>1 where a step is there, else 0: [S, B].</summary>
    internal static Tensor Present(Tape tape, SequenceMask mask)
    {
        float[] present = new float[mask.TimeSteps * mask.BatchSize];
        for (int i = 0; i < present.Length; i++)
        {
            present[i] = mask.IsPresent(i / mask.BatchSize, i % mask.BatchSize) ? 1.0f : 0.0f;
        }

        return tape.Input(present, mask.TimeSteps, mask.BatchSize);
    }

    // A factor of the scores is one of the keys, which are computed once, and there of what is smallest.
    private Tensor Keys(Tape tape, Tensor values)
    {
        if (_key is null)
        {
            return Scaled(tape, values);
        }

        Tensor weight = _options.Score == AttentionScore.Concat
            ? SliceColumns.Forward(tape, _key.Value, _options.QuerySize, _options.ValueSize)
            : Scaled(tape, _key.Value);
        return Linear.Forward(tape, values, weight);
    }

    private Tensor Scaled(Tape tape, Tensor factor) => _options.IsScaled ? Scale.Forward(tape, factor, 1.0f / MathF.Sqrt(_options.QuerySize)) : factor;

    private Tensor QueryWeight(Tape tape)
    {
        return _query?.Value ?? SliceColumns.Forward(tape, _key!.Value, 0, _options.QuerySize);
    }

    private Parameter Matrix(RandomSource random, string name, int rows, int columns)
    {
        return Parameter.CreateUniform(Device, name, random, 1.0f / MathF.Sqrt(columns), rows, columns);
    }
}
