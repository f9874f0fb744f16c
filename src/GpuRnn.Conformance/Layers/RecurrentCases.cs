using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Conformance.Layers;

/// <summary>Recurrent layers of every cell, with options that meet in pairs, or in every combination.</summary>
internal static class RecurrentCases
{
    private static readonly int[] s_layerCounts = [1, 2, 3];

    // T, B, I, H: 1, primes, the register and tile widths of 16, 32 and 64 with their neighbours, one or two rows, and large.
    private static readonly (int TimeSteps, int BatchSize, int InputSize, int HiddenSize)[] s_sizes =
    [
        (1, 1, 1, 1), (2, 3, 5, 7), (7, 1, 3, 17), (3, 16, 15, 16), (5, 17, 33, 31), (2, 2, 65, 33), (1, 5, 7, 63), (29, 5, 16, 64),
    ];

    /// <summary>The cases.</summary>
    /// <param name="isFull">True for every combination of options.</param>
    public static IEnumerable<ConformanceCase> All(bool isFull)
    {
        int[] counts = [Cells.All.Count, s_layerCounts.Length, s_sizes.Length, 2, 2, 2, 2, 2];
        return (isFull ? PairwiseCover.All(counts) : PairwiseCover.Create(counts)).Select(row => new RecurrentCase(Variant(row))).Concat(Amended()).Concat(Crossed());
    }

    // Cells of one and of two nodes, one and two states, with parts that wait; sizes below, at and above a register; packed rows, both directions, two layers.
    private static IEnumerable<ConformanceCase> Amended()
    {
        StepOptions both = new() { Zoneout = 0.25f, RecurrentDropout = 0.25f };
        RecurrentVariant small = new(Cells.Lstm, 1, false, false, false, true, false, 4, 3, 3, 5) { Step = both };
        RecurrentVariant[] variants =
        [
            small,
            small with { Cell = Cells.Parse("gru-reset-before"), LayerCount = 2, Bidirectional = true, HasLengths = true, HasDropout = true },
            small with { Cell = Cells.Elman, Step = new() { Zoneout = 0.25f }, HasLengths = true, BatchSize = 5, HiddenSize = 17 },
            small with { Step = new() { Zoneout = 0.5f, HiddenZoneout = 0.05f } },
            small with { Cell = Cells.Parse("clockwork"), Step = new() { RecurrentDropout = 0.25f }, HasLengths = true },
            small with { Step = new() { LayerNorm = true }, HasLengths = true, HiddenSize = 17 },
            small with { Cell = Cells.Gru(), Step = new() { LayerNorm = true }, LayerCount = 2 },
            small with { Step = new() { BatchNormSteps = 3, Zoneout = 0.25f }, BatchSize = 5, HasLengths = true },
            small with { Step = StepOptions.None, TimeSteps = 7, BatchSize = 4, HasLengths = true, HasGaps = true },
            small with { Cell = Cells.Gru(), Step = StepOptions.None, TimeSteps = 9, BatchSize = 5, Bidirectional = true, LayerCount = 2, HasLengths = true, HasGaps = true, BatchFirst = true },
        ];
        return variants.Select(variant => new RecurrentCase(variant));
    }

    // Every cell with every option that it takes; the two that draw go together where it takes both.
    private static IEnumerable<ConformanceCase> Crossed()
    {
        StepOptions both = new() { Zoneout = 0.25f, RecurrentDropout = 0.25f };
        foreach (Cell cell in Cells.Descriptions.Select(description => description.Forms.First()))
        {
            StepOptions[] drawn = both.Refusal(cell) is null ? [both] : [both with { RecurrentDropout = 0.0f }, both with { Zoneout = 0.0f }];
            StepOptions[] choices = [.. drawn, new() { LayerNorm = true }, new() { BatchNormSteps = 3 }];
            foreach (StepOptions step in choices.Where(step => step.Refusal(cell) is null))
            {
                RecurrentVariant variant = new(cell, cell.Name == "depth-gated" ? 2 : 1, false, step.BatchNormSteps == 0, false, true, false, 3, 5, 2, 5) { Step = step };
                yield return new RecurrentCase(variant);
            }
        }
    }

    private static RecurrentVariant Variant(int[] row)
    {
        (int timeSteps, int batchSize, int inputSize, int hiddenSize) = s_sizes[row[2]];
        return new RecurrentVariant(
            Cells.All[row[0]],
            s_layerCounts[row[1]],
            row[3] == 1,
            row[4] == 1,
            row[5] == 1,
            row[6] == 1,
            row[7] == 1,
            timeSteps,
            batchSize,
            inputSize,
            hiddenSize);
    }
}
