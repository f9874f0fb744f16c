using GpuRnn.Experiments.Sequences;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Experiments.Learning;

/// <summary>Temporal order: gated cells tell in which order two symbols came, far apart among noise.</summary>
internal sealed class TemporalOrderExperiment : SequenceExperiment
{
    /// <inheritdoc/>
    public override string Name => "temporal-order";

    /// <inheritdoc/>
    public override string Title => "the order of two symbols among noise, in sequences of 100 to 110 steps";

    /// <inheritdoc/>
    public override string Source => "Hochreiter and Schmidhuber (1997), \"Long short-term memory\", experiment 6a, table 9";

    /// <inheritdoc/>
    protected override IReadOnlyList<Contender> Contenders(bool isQuick)
    {
        int hidden = isQuick ? 16 : 32;
        double allowed = TestCount(isQuick) / 100.0;

        // The LSTM of 1997 had no forget gate: it kept everything. A bias of 4 keeps 98 % of a cell a step at the start.
        SequenceModel remembering = new("LSTM, forget bias 4", "lstm", hidden, CellOptionValues.None.With("forget-bias", 4.0));
        Contender first = new(remembering) { AtMostWrong = allowed, PublishedWrong = isQuick ? "-" : "1", PublishedSequences = isQuick ? "-" : "31390" };
        return isQuick ? [first] :
        [
            first,
            new(new SequenceModel("LSTM", "lstm", hidden)),
            new(new SequenceModel("GRU", "gru", hidden)),
        ];
    }

    /// <inheritdoc/>
    protected override ISequenceTask Task(bool isQuick) => new TemporalOrderTask(isQuick ? 20 : 100);

    /// <inheritdoc/>
    protected override int TestCount(bool isQuick) => isQuick ? 256 : 2560;

    /// <inheritdoc/>
    protected override TrainingBudget Budget(bool isQuick) => new()
    {
        BatchSize = 32,
        LearningRate = isQuick ? 0.01f : 0.005f,
        MaximumSteps = isQuick ? 2000 : 6_000,
        StepsACheck = isQuick ? 100 : 250,
        ValidationCount = 512,
        EnoughRight = 0.998,
    };
}
