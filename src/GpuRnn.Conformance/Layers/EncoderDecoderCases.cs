using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Conformance.Layers;

/// <summary>Encoders and decoders in each of their forms, with teacher forcing, over sources of different lengths.</summary>
internal static class EncoderDecoderCases
{
    public static IEnumerable<ConformanceCase> All()
    {
        Cell gru = Cells.Gru();
        EncoderDecoderVariant[] variants =
        [
            new() { EncoderCell = gru, DecoderCell = Cells.Lstm },
            new() { EncoderCell = Cells.Lstm, DecoderCell = gru, IsBidirectional = true, HasContext = true },
            new() { EncoderCell = gru, DecoderCell = gru, IsBidirectional = true, Score = AttentionScore.General },
            new() { EncoderCell = gru, DecoderCell = gru, LayerCount = 2, Score = AttentionScore.Concat, FeedsInput = true },
            new() { EncoderCell = Cells.Lstm, DecoderCell = Cells.Lstm, IsBidirectional = true, Score = AttentionScore.Additive, IsBeforeStep = true },
        ];
        return variants.Select(Case);
    }

    private static ComposedCase Case(EncoderDecoderVariant variant)
    {
        return new ComposedCase("layer encoder-decoder", variant.ToString())
        {
            Shapes = [[variant.SourceSteps, variant.BatchSize, EncoderDecoderVariant.InputSize], [variant.TargetSteps, variant.BatchSize, EncoderDecoderVariant.InputSize]],
            Build = variant.Build,
            Forward = (tape, module, x) => ((EncoderDecoder)module).Forward(tape, x[0], SequenceMask.FromLengths(variant.SourceSteps, variant.Lengths), x[1]).Logits,
            Formula = (x, parameters) => new EncoderDecoderFormula(variant).Logits(x[0], x[1], parameters),
            SummationLength = 4 * (variant.DecoderInputSize + variant.DecoderSize) * variant.TargetSteps * variant.BatchSize,
            Depth = 4 * (variant.SourceSteps + variant.TargetSteps),
        };
    }
}
