using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>One schedule for a while, and then another from its start (PyTorch's SequentialLR).</summary>
public sealed class ScheduleSequence : LearningRateSchedule
{
    private readonly LearningRateSchedule _first;
    private readonly LearningRateSchedule _then;
    private readonly int _length;

    /// <summary>Takes the rates of the first schedule for <paramref name="length"/> epochs or steps.</summary>
    /// <param name="first">Not to be used elsewhere.</param>
    /// <param name="length">How long it lasts.</param>
    /// <param name="unit">What the length counts.</param>
    /// <param name="then">Starts where the first ends; may be a sequence itself. Not to be used elsewhere.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public ScheduleSequence(LearningRateSchedule first, int length, ScheduleUnit unit, LearningRateSchedule then)
        : base(RequireFirst(first), unit)
    {
        ArgumentNullException.ThrowIfNull(then);
        ArgumentCheck.AtLeast(length, 1, nameof(ScheduleSequence), nameof(length), "how long the first schedule lasts");
        (_first, _length, _then) = (first, length, then);
    }

    private LearningRateSchedule Present => UnitsDone < _length ? _first : _then;

    /// <inheritdoc/>
    public override void EndStep()
    {
        Present.EndStep();
        base.EndStep();
        LearningRate = NextRate(double.NaN);
    }

    /// <inheritdoc/>
    public override void EndEpoch(double loss)
    {
        Present.EndEpoch(loss);
        base.EndEpoch(loss);
        LearningRate = NextRate(loss);
    }

    /// <inheritdoc/>
    public override void SaveState(SavedState state)
    {
        base.SaveState(state);
        _first.SaveState(state.Section("first"));
        _then.SaveState(state.Section("then"));
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        _first.LoadState(state.Section("first"));
        _then.LoadState(state.Section("then"));
    }

    private protected override float NextRate(double loss)
    {
        return Present.LearningRate;
    }

    private static float RequireFirst(LearningRateSchedule first)
    {
        ArgumentNullException.ThrowIfNull(first);
        return first.LearningRate;
    }
}
