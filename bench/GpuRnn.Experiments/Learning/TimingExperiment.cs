using GpuRnn.Experiments.Sequences;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Experiments.Learning;

/// <summary>Measuring delays of 30 or 31 steps: the peephole LSTM's task.</summary>
internal sealed class TimingExperiment : SequenceExperiment
{
    /// <inheritdoc/>
    public override string Name => "timing";

    /// <inheritdoc/>
    public override string Title => "spikes 30 or 31 steps apart told from one another without shorter examples";

    /// <inheritdoc/>
    public override string Source =>
        "Gers and Schmidhuber (2000), \"Recurrent nets that time and count\"; Gers, Schraudolph and Schmidhuber (2002), \"Learning precise timing with LSTM recurrent networks\", whose abstract says that peephole LSTM learns it";

    /// <inheritdoc/>
    protected override IReadOnlyList<Contender> Contenders(bool isQuick)
    {
        int hidden = isQuick ? 12 : 8;
        CellOptionValues options = CellOptionValues.None.With("forget-bias", isQuick ? 2.0 : 4.0);
        double allowed = TestCount(isQuick) / 100.0;
        List<Contender> contenders =
        [
            new(new SequenceModel("peephole LSTM", "peephole", hidden, options)) { AtMostWrong = allowed, PublishedWrong = isQuick ? "-" : "learned" },
        ];
        if (!isQuick)
        {
            contenders.Add(new(new SequenceModel("LSTM", "lstm", hidden, options)));
        }

        return contenders;
    }

    /// <inheritdoc/>
    protected override ISequenceTask Task(bool isQuick) => new TimingTask(isQuick ? 6 : 30);

    /// <inheritdoc/>
    protected override int TestCount(bool isQuick) => isQuick ? 200 : 1000;

    /// <inheritdoc/>
    protected override TrainingBudget Budget(bool isQuick) => new()
    {
        BatchSize = 32,
        LearningRate = isQuick ? 0.02f : 0.005f,
        MaximumSteps = isQuick ? 2000 : 16_000,
        StepsACheck = isQuick ? 100 : 250,
        ValidationCount = 256,
        EnoughRight = 0.998,
    };
}
