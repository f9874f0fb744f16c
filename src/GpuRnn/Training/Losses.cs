using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>
/// The losses to train by, each a mean; a batch may stand for the target, so they serve as <see cref="TrainerOptions.Loss"/>.
/// </summary>
public static class Losses
{
    /// <summary>
    /// The class number that <see cref="SoftmaxCrossEntropy(Tape, Tensor, int[], int)"/> skips unless told otherwise (PyTorch's).
    /// </summary>
    public const int DefaultIgnoreIndex = -100;

    /// <summary>The mean of (prediction − target)² over all elements.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor MeanSquaredError(Tape tape, Tensor prediction, Tensor target)
    {
        return ElementLoss.Forward(tape, prediction, target, ElementLoss.Squared);
    }

    /// <inheritdoc cref="MeanSquaredError(Tape, Tensor, Tensor)"/>
    public static Tensor MeanSquaredError(Tape tape, Tensor prediction, Batch batch)
    {
        return MeanSquaredError(tape, prediction, Target(tape, batch));
    }

    /// <summary>The mean of |prediction − target| over all elements; the gradient at 0 is 0.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor MeanAbsoluteError(Tape tape, Tensor prediction, Tensor target)
    {
        return ElementLoss.Forward(tape, prediction, target, ElementLoss.Absolute);
    }

    /// <inheritdoc cref="MeanAbsoluteError(Tape, Tensor, Tensor)"/>
    public static Tensor MeanAbsoluteError(Tape tape, Tensor prediction, Batch batch)
    {
        return MeanAbsoluteError(tape, prediction, Target(tape, batch));
    }

    /// <summary>
    /// The mean over all elements of d²/2 where |d| ≤ delta and delta·(|d| − delta/2) beyond, d = prediction − target (Huber 1964).
    /// </summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Delta is not finite and above zero.</exception>
    public static Tensor Huber(Tape tape, Tensor prediction, Tensor target, float delta = 1.0f)
    {
        ArgumentCheck.Positive(delta, "Losses.Huber", nameof(delta), "the distance at which the loss becomes linear");
        return ElementLoss.Forward(tape, prediction, target, ElementLoss.Huber, delta);
    }

    /// <inheritdoc cref="Huber(Tape, Tensor, Tensor, float)"/>
    public static Tensor Huber(Tape tape, Tensor prediction, Batch batch)
    {
        return Huber(tape, prediction, Target(tape, batch));
    }

    /// <summary>The mean over the rows of −log softmax(logits)[class]; NaN where every row is ignored.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="logits">[N, V]; more axes before the last count as rows.</param>
    /// <param name="classes">[N], each 0 to V − 1 or <paramref name="ignoreIndex"/>.</param>
    /// <param name="ignoreIndex">Rows of this class count neither in the loss nor in the mean.</param>
    /// <exception cref="ShapeException">There are not as many classes as rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class is outside its range.</exception>
    public static Tensor SoftmaxCrossEntropy(Tape tape, Tensor logits, int[] classes, int ignoreIndex = DefaultIgnoreIndex)
    {
        return CrossEntropyLoss.Forward(tape, logits, classes, ignoreIndex);
    }

    /// <inheritdoc cref="SoftmaxCrossEntropy(Tape, Tensor, int[], int)"/>
    public static Tensor SoftmaxCrossEntropy(Tape tape, Tensor logits, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return CrossEntropyLoss.Forward(tape, logits, batch.Classes, DefaultIgnoreIndex);
    }

    private static Tensor Target(Tape tape, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        return tape.Input(batch.Targets, batch.TargetShape);
    }
}
