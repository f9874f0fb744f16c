using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Lowers the rate along half a cosine wave and then keeps the minimum (Loshchilov and Hutter 2017, without restarts).</summary>
public sealed class Cosine : LearningRateSchedule
{
    private readonly int _epochCount;
    private readonly float _minimum;

    /// <summary>Rate of epoch e ≤ epochCount: minimum + (initial − minimum) · (1 + cos(π·e/epochCount)) / 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The epoch count is below 1, or the minimum is negative or not finite.</exception>
    public Cosine(float initialLearningRate, int epochCount, float minimum = 0.0f)
        : base(initialLearningRate)
    {
        ArgumentCheck.AtLeast(epochCount, 1, nameof(Cosine), nameof(epochCount), "the number of epochs of the run");
        ArgumentCheck.NotNegative(minimum, nameof(Cosine), nameof(minimum), "the rate to end at");
        _epochCount = epochCount;
        _minimum = minimum;
    }

    private protected override float NextRate(double loss)
    {
        double progress = Math.Min(1.0, (double)EpochsDone / _epochCount);
        return (float)(_minimum + ((InitialLearningRate - (double)_minimum) * 0.5 * (1.0 + Math.Cos(Math.PI * progress))));
    }
}
