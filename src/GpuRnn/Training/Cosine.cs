using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Lowers the rate along half a cosine wave and then keeps the minimum (Loshchilov and Hutter 2017, without restarts).</summary>
public sealed class Cosine : LearningRateSchedule
{
    private readonly int _length;
    private readonly float _minimum;

    /// <summary>Rate after e ≤ length epochs (or steps): minimum + (initial − minimum) · (1 + cos(π·e/length)) / 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1, or the minimum is negative or not finite.</exception>
    public Cosine(float initialLearningRate, int length, float minimum = 0.0f, ScheduleUnit unit = ScheduleUnit.Epoch)
        : base(initialLearningRate, unit)
    {
        ArgumentCheck.AtLeast(length, 1, nameof(Cosine), nameof(length), "the number of epochs or steps of the run");
        ArgumentCheck.NotNegative(minimum, nameof(Cosine), nameof(minimum), "the rate to end at");
        _length = length;
        _minimum = minimum;
    }

    private protected override float NextRate(double loss)
    {
        double progress = Math.Min(1.0, (double)UnitsDone / _length);
        return (float)(_minimum + ((InitialLearningRate - (double)_minimum) * 0.5 * (1.0 + Math.Cos(Math.PI * progress))));
    }
}
