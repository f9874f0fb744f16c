using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>A learned vector for each token: y = weight[token] (PyTorch's Embedding, "weight").</summary>
/// <remarks>
/// Tokens travel as floats, exact below 2^24, so that the layer stands first in a <see cref="Sequential"/>. They are read on the host, which checks
/// them and groups equal ones, so that each row's gradient is added up in the order of the batch: the same bits on every run.
/// </remarks>
public sealed class Embedding : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter[] _parameters;
    private float[] _values = [];
    private int[] _numbers = [];

    /// <summary>Draws every vector from a normal distribution of mean 0, by default with deviation 1 as PyTorch does; that of the padding is zero.</summary>
    /// <param name="device">Where the table lies.</param>
    /// <param name="vocabularySize">V, rows of the table, at least 1.</param>
    /// <param name="embeddingSize">E, elements of a vector, at least 1.</param>
    /// <param name="random">Decides the initial vectors.</param>
    /// <param name="paddingIndex">The token whose vector starts at zero and gets no gradient; null for none.</param>
    /// <param name="deviation">
    /// The standard deviation of the initial vectors; not below 0. Smaller ones let an optimizer whose steps have a fixed size, such as Adam, change them
    /// sooner.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, the padding is outside the table, or the deviation is negative.</exception>
    public Embedding(
        Device device, int vocabularySize, int embeddingSize, RandomSource random, int? paddingIndex = null, float deviation = 1.0f)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.AtLeast(vocabularySize, 1, nameof(Embedding), nameof(vocabularySize), "the number of tokens there are");
        ArgumentCheck.AtLeast(embeddingSize, 1, nameof(Embedding), nameof(embeddingSize), "the elements of a vector");
        ArgumentCheck.NotNegative(deviation, nameof(Embedding), nameof(deviation), "the deviation of the initial vectors, such as 1");
        if (paddingIndex is int padding)
        {
            ArgumentCheck.AtLeast(padding, 0, nameof(Embedding), nameof(paddingIndex), "a token of the table, or null");
            ArgumentCheck.Below(padding, vocabularySize, nameof(Embedding), nameof(paddingIndex), "a token of the table, or null");
        }

        (VocabularySize, EmbeddingSize, PaddingIndex) = (vocabularySize, embeddingSize, paddingIndex);
        float[] table = new float[ShapeCheck.Length([vocabularySize, embeddingSize], nameof(Embedding))];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = deviation * random.NextGaussian();
        }

        table.AsSpan((paddingIndex ?? 0) * embeddingSize, paddingIndex is null ? 0 : embeddingSize).Clear();
        _weight = Parameter.Create(device, "weight", table, vocabularySize, embeddingSize);
        _parameters = [_weight];
    }

    /// <summary>V: tokens are 0 to V − 1.</summary>
    public int VocabularySize { get; }

    /// <summary>E: elements of the output's last axis.</summary>
    public int EmbeddingSize { get; }

    /// <summary>The token whose vector gets no gradient; null for none.</summary>
    public int? PaddingIndex { get; }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Looks every token up.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">Tokens in any shape, such as [T, B].</param>
    /// <returns>The input's axes and E behind them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is no whole number from 0 to V − 1; the message names its place.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        return Forward(tape, input, mask: null);
    }

    /// <summary>Looks up the tokens of the steps that are there; the others give zeros and are not looked at.</summary>
    /// <inheritdoc cref="Forward(Tape, Tensor)"/>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[T, B], or more axes behind them.</param>
    /// <param name="mask">Which steps are there; null for all.</param>
    /// <exception cref="ShapeException">The mask is of another T or B.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "Embedding.Forward");
        if (_values.Length < input.Length)
        {
            (_values, _numbers) = (new float[input.Length], new int[input.Length]);
        }

        Span<int> numbers = _numbers.AsSpan(0, input.Length);
        TokenReader.Read(input, mask, VocabularySize, _values.AsSpan(0, input.Length), numbers, "Embedding.Forward");
        return Tensors.Operations.Embedding.LookUp(tape, _weight.Value, numbers, input.Shape, PaddingIndex ?? -1);
    }
}
