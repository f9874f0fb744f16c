using GpuRnn.Experiments.Frame;
using GpuRnn.Experiments.Sequences;

namespace GpuRnn.Experiments.Learning;

/// <summary>The adding problem: LSTM and GRU carry a number over hundreds of steps, Elman's network does not.</summary>
/// <param name="length">T, 100 or 400.</param>
internal sealed class AddingExperiment(int length) : SequenceExperiment
{
    /// <inheritdoc/>
    public override string Name => $"adding-{length}";

    /// <inheritdoc/>
    public override string Title => $"the sum of two marked numbers in sequences of {length} steps";

    /// <inheritdoc/>
    public override string Source =>
        "Hochreiter and Schmidhuber (1997), \"Long short-term memory\", experiment 4 (LSTM; T = 100, 500 and 1000)";

    /// <inheritdoc/>
    protected override IReadOnlyList<Contender> Contenders(bool isQuick)
    {
        int hidden = isQuick ? 16 : 64;
        double allowed = TestCount(isQuick) / 100.0 * (isQuick ? 10.0 : 1.0);
        bool isPublished = !isQuick && length == 100;
        List<Contender> contenders =
        [
            new(new SequenceModel("LSTM", "lstm", hidden))
            {
                AtMostWrong = allowed, PublishedWrong = isPublished ? "1" : "-", PublishedSequences = isPublished ? "74000" : "-",
            },
            new(new SequenceModel("GRU", "gru", hidden)) { AtMostWrong = allowed },
        ];
        if (!isQuick)
        {
            contenders.Add(new(new SequenceModel("Elman", "elman", hidden))
            {
                AtLeastWrong = TestCount(isQuick) / 2, MaximumSteps = Budget(isQuick).MaximumSteps / 2,
            });
        }

        return contenders;
    }

    /// <inheritdoc/>
    protected override ISequenceTask Task(bool isQuick) => new AddingTask(isQuick ? 10 : length);

    /// <inheritdoc/>
    protected override int TestCount(bool isQuick) => isQuick ? 256 : 2560;

    /// <inheritdoc/>
    protected override TrainingBudget Budget(bool isQuick) => new()
    {
        BatchSize = 32,
        LearningRate = isQuick ? 0.02f : 0.005f,
        MaximumSteps = isQuick ? 2000 : length == 100 ? 10_000 : 16_000,
        StepsACheck = isQuick ? 100 : 250,
        ValidationCount = 512,
        EnoughRight = isQuick ? 0.95 : 0.995,
    };
}
