using GpuRnn.Experiments.Sequences;

namespace GpuRnn.Experiments.Learning;

/// <summary>The embedded Reber grammar: the second symbol decides the last but one.</summary>
internal sealed class ReberExperiment : SequenceExperiment
{
    /// <inheritdoc/>
    public override string Name => "reber";

    /// <inheritdoc/>
    public override string Title => "which symbols may follow in strings of the embedded Reber grammar";

    /// <inheritdoc/>
    public override string Source => "Hochreiter and Schmidhuber (1997), \"Long short-term memory\", table 2 (LSTM 100 % of trials right on all 256 test strings; Elman 0 %)";

    /// <inheritdoc/>
    protected override IReadOnlyList<Contender> Contenders(bool isQuick)
    {
        const int Hidden = 12;
        return isQuick
            ? [new(new SequenceModel("LSTM", "lstm", Hidden)) { AtMostWrong = 3 }]
            :
            [
                new(new SequenceModel("LSTM", "lstm", Hidden)) { AtMostWrong = 0, PublishedWrong = "0", PublishedSequences = "8440" },
                new(new SequenceModel("GRU", "gru", Hidden)) { AtMostWrong = 0 },
                new(new SequenceModel("Elman", "elman", Hidden)) { PublishedWrong = "not solved", PublishedSequences = ">200000" },
            ];
    }

    /// <inheritdoc/>
    protected override ISequenceTask Task(bool isQuick) => new ReberTask(longest: 40);

    /// <inheritdoc/>
    protected override int TestCount(bool isQuick) => 256;

    /// <inheritdoc/>
    protected override TrainingBudget Budget(bool isQuick) => new()
    {
        BatchSize = 16,
        LearningRate = 0.02f,
        MaximumSteps = isQuick ? 2000 : 6_000,
        StepsACheck = 100,
        ValidationCount = isQuick ? 256 : 512,
        EnoughRight = isQuick ? 0.99 : 1.0,
    };
}
