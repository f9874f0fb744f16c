using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Lets the rate of another schedule grow from a small share of it over the first steps (Goyal et al. 2017; PyTorch's LinearLR).</summary>
public sealed class LinearWarmup : LearningRateSchedule
{
    private readonly LearningRateSchedule _schedule;
    private readonly int _length;
    private readonly double _startFactor;

    /// <summary>Rate after t steps: rate of the schedule · min(1, startFactor + (1 − startFactor) · t / length).</summary>
    /// <param name="schedule">What decides the full rate; it moves on from the start. Not to be used elsewhere.</param>
    /// <param name="length">Steps until the full rate.</param>
    /// <param name="startFactor">The share of the rate that the first step gets, in (0, 1).</param>
    /// <param name="unit">What the length counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1, or the factor outside its range.</exception>
    public LinearWarmup(LearningRateSchedule schedule, int length, float startFactor = 0.01f, ScheduleUnit unit = ScheduleUnit.Step)
        : base(First(schedule, startFactor), unit)
    {
        ArgumentCheck.AtLeast(length, 1, nameof(LinearWarmup), nameof(length), "the number of steps until the full rate");
        (_schedule, _length, _startFactor) = (schedule, length, startFactor);
    }

    /// <inheritdoc/>
    public override void EndStep()
    {
        _schedule.EndStep();
        base.EndStep();
        LearningRate = NextRate(double.NaN);
    }

    /// <inheritdoc/>
    public override void EndEpoch(double loss)
    {
        _schedule.EndEpoch(loss);
        base.EndEpoch(loss);
        LearningRate = NextRate(loss);
    }

    /// <inheritdoc/>
    public override void SaveState(SavedState state)
    {
        base.SaveState(state);
        _schedule.SaveState(state.Section("schedule"));
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        _schedule.LoadState(state.Section("schedule"));
    }

    private protected override float NextRate(double loss)
    {
        double grown = _startFactor + ((1.0 - _startFactor) * Math.Min(1.0, (double)UnitsDone / _length));
        return (float)(_schedule.LearningRate * grown);
    }

    private static float First(LearningRateSchedule schedule, float startFactor)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentCheck.Positive(startFactor, nameof(LinearWarmup), nameof(startFactor), "a share of the rate such as 0.01");
        ArgumentCheck.Below(startFactor, 1.0f, nameof(LinearWarmup), nameof(startFactor), "a share of the rate such as 0.01");
        return schedule.LearningRate * startFactor;
    }
}
