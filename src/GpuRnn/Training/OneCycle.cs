using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Raises the rate along half a cosine wave and lowers it along another (Smith and Topin 2018; PyTorch's OneCycleLR, two phases).</summary>
/// <remarks>The momentum stays as it is: PyTorch moves it against the rate unless told otherwise.</remarks>
public sealed class OneCycle : LearningRateSchedule
{
    private readonly double _maximum;
    private readonly double _final;
    private readonly double _rise;
    private readonly double _end;

    /// <summary>From maximum / startDivisor to the maximum, then to maximum / startDivisor / endDivisor, where it stays.</summary>
    /// <param name="maximum">The highest rate.</param>
    /// <param name="length">Steps of the whole run, at least 2.</param>
    /// <param name="riseShare">The share of the run in which the rate rises, in (0, 1), at least one step long.</param>
    /// <param name="startDivisor">The maximum over the first rate.</param>
    /// <param name="endDivisor">The first rate over the last.</param>
    /// <param name="unit">What the length counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public OneCycle(
        float maximum,
        int length,
        float riseShare = 0.3f,
        float startDivisor = 25.0f,
        float endDivisor = 1e4f,
        ScheduleUnit unit = ScheduleUnit.Step)
        : base(maximum / startDivisor, unit)
    {
        ArgumentCheck.AtLeast(length, 2, nameof(OneCycle), nameof(length), "the number of steps of the run");
        ArgumentCheck.Positive(riseShare, nameof(OneCycle), nameof(riseShare), "a share such as 0.3");
        ArgumentCheck.Below(riseShare, 1.0f, nameof(OneCycle), nameof(riseShare), "a share such as 0.3");
        ArgumentCheck.Positive(startDivisor, nameof(OneCycle), nameof(startDivisor), "a number such as 25");
        ArgumentCheck.Positive(endDivisor, nameof(OneCycle), nameof(endDivisor), "a number such as 1e4");
        _maximum = maximum;
        _final = (double)InitialLearningRate / endDivisor;
        _rise = ((double)riseShare * length) - 1.0;
        _end = length - 1.0;
        ArgumentCheck.Positive(_rise, nameof(OneCycle), $"{nameof(riseShare)} · {nameof(length)} − 1", "more than one step of rising");
    }

    private protected override float NextRate(double loss)
    {
        double at = Math.Min(UnitsDone, _end);
        return at <= _rise
            ? (float)Between(InitialLearningRate, _maximum, at / _rise)
            : (float)Between(_maximum, _final, (at - _rise) / (_end - _rise));
    }

    private static double Between(double from, double to, double share)
    {
        return to + ((from - to) / 2.0 * (1.0 + Math.Cos(Math.PI * share)));
    }
}
