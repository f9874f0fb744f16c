using GpuRnn.Experiments.Frame;
using GpuRnn.Experiments.Sequences;

namespace GpuRnn.Experiments.Learning;

/// <summary>The adding problem: LSTM and GRU carry a number over hundreds of steps, Elman's network does not.</summary>
/// <param name="length">T, 100 or 400.</param>
internal sealed class AddingExperiment(int length) : IExperiment
{
    private const int TestCount = 2560;
    private const string Wrong = "test sequences wrong";
    private const string Trained = "training sequences";

    /// <inheritdoc/>
    public string Name => $"adding-{length}";

    /// <inheritdoc/>
    public string Title => $"the sum of two marked numbers in sequences of {length} steps";

    /// <inheritdoc/>
    public string Source =>
        "Hochreiter and Schmidhuber (1997), \"Long short-term memory\", table 7 (LSTM; T = 100, 500 and 1000)";

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick)
    {
        int count = isQuick ? 256 : TestCount;
        string name = $"{Wrong} of {count}";
        bool isPublished = !isQuick && length == 100;
        double allowed = isQuick ? 25 : 25.6;
        return
        [
            new Figure("LSTM", name, isPublished ? "1" : "-") { AtMost = allowed },
            new Figure("LSTM", Trained, isPublished ? "74000" : "-"),
            new Figure("GRU", name, "-") { AtMost = allowed },
            new Figure("GRU", Trained, "-"),
            .. isQuick ? Array.Empty<Figure>() : [new Figure("Elman", name, "-") { AtLeast = count / 2 }],
        ];
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        AddingTask task = new(run.IsQuick ? 10 : length);
        int count = run.IsQuick ? 256 : TestCount;
        int hidden = run.IsQuick ? 16 : 64;
        TrainingBudget budget = new()
        {
            BatchSize = 32,
            LearningRate = run.IsQuick ? 0.02f : 0.002f,
            MaximumSteps = run.IsQuick ? 2000 : length == 100 ? 10_000 : 16_000,
            StepsACheck = run.IsQuick ? 100 : 250,
            ValidationCount = 512,
            EnoughRight = run.IsQuick ? 0.95 : 0.995,
        };
        foreach (SequenceModel model in new SequenceModel[] { new("LSTM", "lstm", hidden), new("GRU", "gru", hidden) })
        {
            TrainingOutcome outcome = SequenceTraining.Run(run, model, task, budget, count);
            run.Record(model.Label, $"{Wrong} of {count}", outcome.WrongCount);
            run.Record(model.Label, Trained, outcome.Sequences);
        }

        if (!run.IsQuick)
        {
            // As many steps as the gated cells needed at most would do; more shows that it is no matter of patience.
            TrainingBudget shorter = budget with { MaximumSteps = budget.MaximumSteps / 2 };
            TrainingOutcome outcome = SequenceTraining.Run(run, new SequenceModel("Elman", "elman", hidden), task, shorter, count);
            run.Record("Elman", $"{Wrong} of {count}", outcome.WrongCount);
        }
    }
}
