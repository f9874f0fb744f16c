using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>How long and how a <see cref="Trainer"/> trains.</summary>
public sealed class TrainerOptions
{
    /// <summary>Passes over the training data; 0 trains nothing.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// Batches whose gradients a step of the optimizer takes together. Each counts by the weight that its loss is a mean over, so that n small
    /// batches make the step of one large one; the last step of an epoch takes what is left.
    /// </summary>
    public int BatchesPerStep { get; init; } = 1;

    /// <summary>Gradient elements are moved into ±this before anything else; null leaves them alone.</summary>
    public float? ClipValue { get; init; }

    /// <summary>The gradient of each parameter whose own norm is above this is scaled down to it; null leaves them alone.</summary>
    public float? ClipEachNorm { get; init; }

    /// <summary>Gradients whose global norm is above this are scaled down to it; null leaves them alone.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>Sets the optimizer's rate at the start and after every step and epoch; null leaves the optimizer's own.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>Ends the run when the validation loss stops falling and puts the best epoch's weights back; null runs all epochs.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>What is made small; the mean squared error unless told otherwise.</summary>
    public LossFunction Loss { get; init; } = Losses.MeanSquaredError;

    /// <summary>
    /// Where to write a checkpoint at the end of each epoch, at the end of the run, and as <see cref="CheckpointEverySteps"/> says; each takes the
    /// place of the one before once it is whole. Null writes none.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Steps of the optimizer between two checkpoints, counted over the whole run; 0 for none within an epoch.</summary>
    public int CheckpointEverySteps { get; init; }

    /// <summary>
    /// Random sources that a loss draws from, such as that of <see cref="Layers.EncoderDecoders.EncoderDecoder.ForwardSampled"/>, so that checkpoints hold where they stand.
    /// </summary>
    public IReadOnlyList<RandomSource> RandomSources { get; init; } = [];

    /// <summary>Decides the order of the training data.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// k₂ of truncated backpropagation through time: how many steps gradients flow back, at least k₁, those of a batch. Null for those of the batch.
    /// </summary>
    /// <remarks>For batches that go on (<see cref="Batch.Continues"/>) and models of stateful layers; each step runs the last k₂ steps again.</remarks>
    public int? StepsBack { get; init; }

    /// <summary>
    /// Steps of the pieces in which sequences are recomputed in the backward pass, so that memory grows with √T alone; 0 for √T, null keeps everything.
    /// </summary>
    /// <remarks>For models of stateful layers; see <see cref="RecomputedBackpropagation"/>.</remarks>
    public int? RecomputeSteps { get; init; }
}
