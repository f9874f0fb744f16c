using GpuRnn.Experiments.Frame;

namespace GpuRnn.Experiments.Sequences;

/// <summary>An experiment that trains models on one task and counts the test sequences each gets wrong.</summary>
internal abstract class SequenceExperiment : IExperiment
{
    private const string Trained = "training sequences";

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Title { get; }

    /// <inheritdoc/>
    public abstract string Source { get; }

    /// <summary>What is trained, in the order of the table.</summary>
    protected abstract IReadOnlyList<Contender> Contenders(bool isQuick);

    /// <summary>The task.</summary>
    protected abstract ISequenceTask Task(bool isQuick);

    /// <summary>How all of them are trained.</summary>
    protected abstract TrainingBudget Budget(bool isQuick);

    /// <summary>Sequences of the test.</summary>
    protected abstract int TestCount(bool isQuick);

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick)
    {
        return [.. Contenders(isQuick).SelectMany(contender => new[]
        {
            new Figure(contender.Model.Label, Wrong(isQuick), contender.PublishedWrong) { AtMost = contender.AtMostWrong, AtLeast = contender.AtLeastWrong },
            new Figure(contender.Model.Label, Trained, contender.PublishedSequences),
        })];
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        foreach (Contender contender in Contenders(run.IsQuick))
        {
            TrainingBudget budget = Budget(run.IsQuick);
            budget = contender.MaximumSteps is int steps ? budget with { MaximumSteps = steps } : budget;
            TrainingOutcome outcome = SequenceTraining.Run(run, contender.Model, Task(run.IsQuick), budget, TestCount(run.IsQuick));
            run.Record(contender.Model.Label, Wrong(run.IsQuick), outcome.WrongCount);
            run.Record(contender.Model.Label, Trained, outcome.Sequences);
        }
    }

    private string Wrong(bool isQuick) => $"test sequences wrong of {TestCount(isQuick)}";

    /// <summary>A model with what it must reach and what was published of its kind.</summary>
    protected sealed record Contender(SequenceModel Model)
    {
        /// <summary>The most wrong test sequences that count as solved; null for no such bound.</summary>
        public double? AtMostWrong { get; init; }

        /// <summary>The fewest wrong ones that count as not solved; null for no such bound.</summary>
        public double? AtLeastWrong { get; init; }

        /// <summary>The paper's count of wrong ones.</summary>
        public string PublishedWrong { get; init; } = "-";

        /// <summary>The paper's count of training sequences.</summary>
        public string PublishedSequences { get; init; } = "-";

        /// <summary>Steps of this model where they are not the budget's.</summary>
        public int? MaximumSteps { get; init; }
    }
}
