using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>Attention with each of its scores, over sequences of different lengths.</summary>
internal static class AttentionLayerCases
{
    public static IEnumerable<ConformanceCase> All()
    {
        return
        [
            .. Enum.GetValues<AttentionScore>().SelectMany(score => (ConformanceCase[])[Case(score, false, 2, [2, 3], 3, 4), Case(score, false, 3, [5, 1, 0], 5, 3)]),
            Case(AttentionScore.Dot, true, 3, [5, 1, 0], 5, 5),
            Case(AttentionScore.General, true, 2, [2, 3], 3, 4),
        ];
    }

    private static ComposedCase Case(AttentionScore score, bool isScaled, int t, int[] lengths, int querySize, int valueSize)
    {
        AttentionOptions options = new()
        {
            Score = score,
            IsScaled = isScaled,
            QuerySize = querySize,
            ValueSize = score == AttentionScore.Dot ? querySize : valueSize,
            AttentionSize = 6,
        };
        (int batchSize, int s) = (lengths.Length, lengths.Max());
        return new ComposedCase($"layer attention {score}", $"T={t} S={string.Join(',', lengths)} Q={querySize} K={options.ValueSize}{(isScaled ? ", scaled" : string.Empty)}")
        {
            Shapes = [[t, batchSize, querySize], [s, batchSize, options.ValueSize]],
            Build = device => new Attention(device, options, new RandomSource(3)),
            Forward = (tape, module, x) => ((Attention)module).Forward(tape, x[0], x[1], SequenceMask.FromLengths(s, lengths)).Context,
            Formula = (x, parameters) =>
            [
                .. Enumerable.Range(0, t * batchSize).SelectMany(row => AttentionFormula.Context(
                    options, parameters, x[0].AsSpan(row * querySize, querySize).ToArray(), x[1], batchSize, row % batchSize, lengths[row % batchSize])),
            ],
            SummationLength = (querySize + options.ValueSize + options.AttentionSize) * t * s,
            Depth = 8,
        };
    }
}
