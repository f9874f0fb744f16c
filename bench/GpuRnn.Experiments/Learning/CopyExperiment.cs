using GpuRnn.Experiments.Sequences;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Experiments.Learning;

/// <summary>Copy memory: what gated cells can hold and give back in order.</summary>
internal sealed class CopyExperiment : SequenceExperiment
{
    /// <inheritdoc/>
    public override string Name => "copy";

    /// <inheritdoc/>
    public override string Title => "five symbols of eight said again in order after 20 steps";

    /// <inheritdoc/>
    public override string Source =>
        "Arjovsky, Shah and Bengio (2016), \"Unitary evolution recurrent neural networks\", section 4.1 (ten symbols and delays from 100 on: a figure, no numbers)";

    /// <inheritdoc/>
    protected override IReadOnlyList<Contender> Contenders(bool isQuick)
    {
        int hidden = isQuick ? 24 : 128;
        double allowed = TestCount(isQuick) * (isQuick ? 0.1 : 0.01);
        SequenceModel remembering = new("LSTM, forget bias 2", "lstm", hidden, CellOptionValues.None.With("forget-bias", 2.0));
        Contender lstm = new(remembering) { AtMostWrong = allowed };
        return isQuick ? [lstm] : [lstm, new(new SequenceModel("GRU", "gru", hidden)) { MaximumSteps = 8_000 }];
    }

    /// <inheritdoc/>
    protected override ISequenceTask Task(bool isQuick) => isQuick ? new CopyTask(2, 4) : new CopyTask(5, 20);

    /// <inheritdoc/>
    protected override int TestCount(bool isQuick) => isQuick ? 256 : 1000;

    /// <inheritdoc/>
    protected override TrainingBudget Budget(bool isQuick) => new()
    {
        BatchSize = 32,
        LearningRate = isQuick ? 0.01f : 0.002f,
        MaximumSteps = isQuick ? 1500 : 16_000,
        StepsACheck = isQuick ? 100 : 250,
        ValidationCount = 512,
        EnoughRight = isQuick ? 0.95 : 0.998,
    };
}
