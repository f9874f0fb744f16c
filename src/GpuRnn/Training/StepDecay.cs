using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Multiplies the rate by a factor after every so many epochs or steps (PyTorch's StepLR).</summary>
public sealed class StepDecay : LearningRateSchedule
{
    private readonly int _every;
    private readonly float _factor;

    /// <summary>Rate after e epochs (or steps): initial · factor^⌊e / every⌋.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate or factor is not finite and above zero, or the period is below 1.</exception>
    public StepDecay(float initialLearningRate, int every, float factor = 0.1f, ScheduleUnit unit = ScheduleUnit.Epoch)
        : base(initialLearningRate, unit)
    {
        ArgumentCheck.AtLeast(every, 1, nameof(StepDecay), nameof(every), "the number of epochs or steps between two decays");
        ArgumentCheck.Positive(factor, nameof(StepDecay), nameof(factor), "a factor such as 0.1");
        _every = every;
        _factor = factor;
    }

    private protected override float NextRate(double loss)
    {
        return (float)(InitialLearningRate * Math.Pow(_factor, UnitsDone / _every));
    }
}
