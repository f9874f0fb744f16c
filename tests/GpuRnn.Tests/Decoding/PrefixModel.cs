using GpuRnn.Decoding;
using GpuRnn.Tensors;

namespace GpuRnn.Tests.Decoding;

/// <summary>A model whose logits depend on everything a row has written, drawn from a seed: small enough to look at every row there is.</summary>
internal sealed class PrefixModel : ITokenPredictor
{
    private readonly ulong _seed;
    private List<int>[] _rows;

    public PrefixModel(ulong seed, int vocabularySize, int rowCount = 1)
    {
        _seed = seed;
        VocabularySize = vocabularySize;
        _rows = [.. Enumerable.Range(0, rowCount).Select(source => new List<int> { source })];
    }

    public int VocabularySize { get; }

    public int RowCount => _rows.Length;

    /// <summary>The rows of every call of <see cref="Predict"/>.</summary>
    public List<int> RowCounts { get; } = [];

    /// <summary>Scores after the tokens that a source's row has taken in, the start token first.</summary>
    public float[] Logits(int source, IEnumerable<int> tokens)
    {
        ulong hash = _seed + (ulong)source;
        foreach (int token in tokens)
        {
            hash = (hash * 1_000_003) + (ulong)token + 1;
        }

        RandomSource random = new(hash);
        return [.. Enumerable.Range(0, VocabularySize).Select(_ => random.NextUniform(-2.0f, 2.0f))];
    }

    public void Predict(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        RowCounts.Add(RowCount);
        for (int row = 0; row < _rows.Length; row++)
        {
            _rows[row].Add(tokens[row]);
            Logits(_rows[row][0], _rows[row].Skip(1)).CopyTo(logits[(row * VocabularySize)..]);
        }
    }

    public void Select(ReadOnlySpan<int> rows)
    {
        List<int>[] selected = new List<int>[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            selected[i] = [.. _rows[rows[i]]];
        }

        _rows = selected;
    }

    public void Dispose()
    {
    }
}
