using GpuRnn.Devices;
using GpuRnn.Kernels.Losses;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>
/// The losses to train by, each a mean over the targets that are there; a batch may stand for the target, so they serve as
/// <see cref="TrainerOptions.Loss"/>.
/// </summary>
/// <remarks>
/// Weights are one for each row (all axes of the target but the last) or one for each element, at least 0. The mean is Σ weight · term / Σ weight.
/// A weight of 0 says that there is no target: whatever stands there, NaN included, counts neither in the sum nor in the mean nor in the
/// gradient; so a mask is a set of weights. Without any target the mean is NaN and the gradient 0. A batch brings its
/// <see cref="Batch.TargetWeights"/>, or without these its <see cref="Batch.OutputMask"/> where the prediction has the mask's time and batch axes.
/// </remarks>
public static class Losses
{
    /// <summary>The class number that cross-entropy skips unless told otherwise (PyTorch's).</summary>
    public const int DefaultIgnoreIndex = -100;

    private static readonly float[] s_noSetting = [0.0f];

    /// <summary>The mean of (prediction − target)².</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">Of the same shape.</param>
    /// <param name="weights">See <see cref="Losses"/>; null where all targets count alike.</param>
    /// <exception cref="ShapeException">The shapes differ, or there are as many weights as neither rows nor elements.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public static Tensor MeanSquaredError(Tape tape, Tensor prediction, Tensor target, float[]? weights = null)
    {
        return ElementLoss<SquaredError>.Forward(tape, prediction, target, weights, s_noSetting, "Losses.MeanSquaredError");
    }

    /// <inheritdoc cref="MeanSquaredError(Tape, Tensor, Tensor, float[])"/>
    public static Tensor MeanSquaredError(Tape tape, Tensor prediction, Batch batch)
    {
        return MeanSquaredError(tape, prediction, Target(tape, batch), Weights(prediction, batch));
    }

    /// <summary>The mean of |prediction − target|; the gradient at 0 is 0.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">Of the same shape.</param>
    /// <param name="weights">See <see cref="Losses"/>; null where all targets count alike.</param>
    /// <exception cref="ShapeException">The shapes differ, or there are as many weights as neither rows nor elements.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public static Tensor MeanAbsoluteError(Tape tape, Tensor prediction, Tensor target, float[]? weights = null)
    {
        return ElementLoss<AbsoluteError>.Forward(tape, prediction, target, weights, s_noSetting, "Losses.MeanAbsoluteError");
    }

    /// <inheritdoc cref="MeanAbsoluteError(Tape, Tensor, Tensor, float[])"/>
    public static Tensor MeanAbsoluteError(Tape tape, Tensor prediction, Batch batch)
    {
        return MeanAbsoluteError(tape, prediction, Target(tape, batch), Weights(prediction, batch));
    }

    /// <summary>The mean of d²/2 where |d| ≤ delta and delta·(|d| − delta/2) beyond, d = prediction − target (Huber 1964).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">Of the same shape.</param>
    /// <param name="delta">Where the loss becomes linear, above 0.</param>
    /// <param name="weights">See <see cref="Losses"/>; null where all targets count alike.</param>
    /// <exception cref="ShapeException">The shapes differ, or there are as many weights as neither rows nor elements.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Delta is not above 0, or a weight is negative or not finite.</exception>
    public static Tensor Huber(Tape tape, Tensor prediction, Tensor target, float delta = 1.0f, float[]? weights = null)
    {
        ArgumentCheck.Positive(delta, "Losses.Huber", nameof(delta), "the distance at which the loss becomes linear");
        return ElementLoss<HuberError>.Forward(tape, prediction, target, weights, [delta], "Losses.Huber");
    }

    /// <inheritdoc cref="Huber(Tape, Tensor, Tensor, float, float[])"/>
    public static Tensor Huber(Tape tape, Tensor prediction, Batch batch)
    {
        return Huber(tape, prediction, Target(tape, batch), weights: Weights(prediction, batch));
    }

    /// <summary>The mean pinball loss: with e = target − prediction, level·e where e ≥ 0, else (level − 1)·e (Koenker and Bassett 1978).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">Of the same shape.</param>
    /// <param name="levels">Quantiles to learn, each between 0 and 1: one for all, or one for each column of the prediction.</param>
    /// <param name="weights">See <see cref="Losses"/>; null where all targets count alike.</param>
    /// <exception cref="ShapeException">The shapes differ, or there are as many weights as neither rows nor elements.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A level is outside its range, or a weight is negative or not finite.</exception>
    public static Tensor Quantile(Tape tape, Tensor prediction, Tensor target, float[] levels, float[]? weights = null)
    {
        ArgumentNullException.ThrowIfNull(levels);
        foreach (float level in levels)
        {
            ArgumentCheck.Positive(level, "Losses.Quantile", nameof(levels), "levels such as 0.9");
            ArgumentCheck.Below(level, 1.0f, "Losses.Quantile", nameof(levels), "levels such as 0.9");
        }

        return ElementLoss<QuantileError>.Forward(tape, prediction, target, weights, levels, "Losses.Quantile");
    }

    /// <inheritdoc cref="Quantile(Tape, Tensor, Tensor, float[], float[])"/>
    public static Tensor Quantile(Tape tape, Tensor prediction, Batch batch, params float[] levels)
    {
        return Quantile(tape, prediction, Target(tape, batch), levels, Weights(prediction, batch));
    }

    /// <summary>The mean cross-entropy between σ(logit) and a target in 0..1, PyTorch's binary_cross_entropy_with_logits.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="logits">Any shape.</param>
    /// <param name="target">Of the same shape; 1 for the positive class, 0 for the other, or a probability.</param>
    /// <param name="positiveWeights">By how much more a positive target counts: one for all, one for each column, or null for 1.</param>
    /// <param name="weights">See <see cref="Losses"/>; null where all targets count alike.</param>
    /// <exception cref="ShapeException">The shapes differ, or there are as many weights as neither rows nor elements.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public static Tensor BinaryCrossEntropy(
        Tape tape, Tensor logits, Tensor target, float[]? positiveWeights = null, float[]? weights = null)
    {
        foreach (float weight in positiveWeights ?? [])
        {
            ArgumentCheck.NotNegative(weight, "Losses.BinaryCrossEntropy", nameof(positiveWeights), "the weight of positive targets");
        }

        return ElementLoss<LogisticError>.Forward(tape, logits, target, weights, positiveWeights ?? [1.0f], "Losses.BinaryCrossEntropy");
    }

    /// <inheritdoc cref="BinaryCrossEntropy(Tape, Tensor, Tensor, float[], float[])"/>
    public static Tensor BinaryCrossEntropy(Tape tape, Tensor logits, Batch batch)
    {
        return BinaryCrossEntropy(tape, logits, Target(tape, batch), weights: Weights(logits, batch));
    }

    /// <summary>The mean negative log-likelihood of targets under normal distributions, (s + (target − μ)²·e^−s)/2 (Nix and Weigend 1994).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">[…, 2·F]: F means μ, then F log-variances s. PyTorch's gaussian_nll_loss takes e^s.</param>
    /// <param name="target">[…, F].</param>
    /// <param name="weights">See <see cref="Losses"/>; null where all targets count alike.</param>
    /// <param name="withConstant">True adds log(2π)/2, so that the result is a likelihood in nats (PyTorch: full).</param>
    /// <exception cref="ShapeException">The shapes do not fit, or there are as many weights as neither rows nor elements.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public static Tensor GaussianNegativeLogLikelihood(
        Tape tape, Tensor prediction, Tensor target, float[]? weights = null, bool withConstant = false)
    {
        return GaussianLoss.Forward(tape, prediction, target, weights, withConstant);
    }

    /// <inheritdoc cref="GaussianNegativeLogLikelihood(Tape, Tensor, Tensor, float[], bool)"/>
    public static Tensor GaussianNegativeLogLikelihood(Tape tape, Tensor prediction, Batch batch)
    {
        return GaussianNegativeLogLikelihood(tape, prediction, Target(tape, batch), Weights(prediction, batch));
    }

    /// <summary>The mean over the rows of −log softmax(logits)[class], as PyTorch's cross_entropy; NaN where no row counts.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="logits">[N, V]; more axes before the last count as rows.</param>
    /// <param name="classes">[N], each 0 to V − 1 or <paramref name="ignoreIndex"/>.</param>
    /// <param name="ignoreIndex">Rows of this class count neither in the loss nor in the mean.</param>
    /// <param name="labelSmoothing">The share of the target that all V classes get alike, in [0, 1) (Szegedy et al. 2016).</param>
    /// <param name="classWeights">[V], at least 0: how much each class counts, also in what the mean divides by; null for 1.</param>
    /// <param name="weights">[N], at least 0: how much each row counts, 0 where it has no target; null for 1.</param>
    /// <exception cref="ShapeException">There are not as many classes or weights as needed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class, a weight or the smoothing is outside its range.</exception>
    public static Tensor SoftmaxCrossEntropy(
        Tape tape,
        Tensor logits,
        int[] classes,
        int ignoreIndex = DefaultIgnoreIndex,
        float labelSmoothing = 0.0f,
        float[]? classWeights = null,
        float[]? weights = null)
    {
        return CrossEntropyLoss.Forward(tape, logits, classes, ignoreIndex, labelSmoothing, classWeights, weights);
    }

    /// <inheritdoc cref="SoftmaxCrossEntropy(Tape, Tensor, int[], int, float, float[], float[])"/>
    public static Tensor SoftmaxCrossEntropy(Tape tape, Tensor logits, Batch batch)
    {
        return SoftmaxCrossEntropy(tape, logits, batch, 0.0f);
    }

    /// <inheritdoc cref="SoftmaxCrossEntropy(Tape, Tensor, int[], int, float, float[], float[])"/>
    public static Tensor SoftmaxCrossEntropy(
        Tape tape, Tensor logits, Batch batch, float labelSmoothing, float[]? classWeights = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return CrossEntropyLoss.Forward(
            tape, logits, batch.Classes, DefaultIgnoreIndex, labelSmoothing, classWeights, Weights(logits, batch));
    }

    private static Tensor Target(Tape tape, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        return tape.Input(batch.Targets, batch.TargetShape);
    }

    private static float[]? Weights(Tensor prediction, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (batch.TargetWeights is not null || batch.OutputMask is not SequenceMask mask)
        {
            return batch.TargetWeights;
        }

        bool isOfTheMask = prediction.Rank > 2 && prediction.Shape[0] == mask.TimeSteps && prediction.Shape[1] == mask.BatchSize;
        return isOfTheMask ? mask.ToWeights(prediction.Shape[2..^1]) : null;
    }
}
