using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Multiplies the rate by a factor after every so many epochs (PyTorch's StepLR).</summary>
public sealed class StepDecay : LearningRateSchedule
{
    private readonly int _everyEpochs;
    private readonly float _factor;

    /// <summary>Rate of epoch e: initial · factor^⌊e / everyEpochs⌋.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate or factor is not finite and above zero, or the period is below 1.</exception>
    public StepDecay(float initialLearningRate, int everyEpochs, float factor = 0.1f)
        : base(initialLearningRate)
    {
        ArgumentCheck.AtLeast(everyEpochs, 1, nameof(StepDecay), nameof(everyEpochs), "the number of epochs between two decays");
        ArgumentCheck.Positive(factor, nameof(StepDecay), nameof(factor), "a factor such as 0.1");
        _everyEpochs = everyEpochs;
        _factor = factor;
    }

    private protected override float NextRate(double loss)
    {
        return (float)(InitialLearningRate * Math.Pow(_factor, EpochsDone / _everyEpochs));
    }
}
