using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>
/// Multiplies the rate by a factor when the loss has not improved for a while (PyTorch's ReduceLROnPlateau, relative threshold).
/// </summary>
public sealed class ReduceOnPlateau : LearningRateSchedule
{
    private readonly float _factor;
    private readonly int _patience;
    private readonly double _threshold;
    private readonly float _minimum;
    private double _best = double.PositiveInfinity;
    private int _badEpochs;

    /// <summary>Reduces after more than <paramref name="patience"/> epochs in a row without a loss below best · (1 − threshold).</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The factor is not in (0, 1), the patience is negative, or a bound is negative.
    /// </exception>
    public ReduceOnPlateau(
        float initialLearningRate, float factor = 0.1f, int patience = 10, double threshold = 1e-4, float minimum = 0.0f)
        : base(initialLearningRate)
    {
        ArgumentCheck.Positive(factor, nameof(ReduceOnPlateau), nameof(factor), "a factor below 1 such as 0.1");
        ArgumentCheck.Below(factor, 1.0f, nameof(ReduceOnPlateau), nameof(factor), "a factor below 1 such as 0.1");
        ArgumentCheck.AtLeast(patience, 0, nameof(ReduceOnPlateau), nameof(patience), "the number of epochs to wait");
        ArgumentCheck.NotNegative(threshold, nameof(ReduceOnPlateau), nameof(threshold), "a relative improvement such as 1e-4");
        ArgumentCheck.NotNegative(minimum, nameof(ReduceOnPlateau), nameof(minimum), "the lowest rate");
        _factor = factor;
        _patience = patience;
        _threshold = threshold;
        _minimum = minimum;
    }

    /// <inheritdoc/>
    public override void SaveState(SavedState state)
    {
        base.SaveState(state);
        state.SetNumber("best", _best);
        state.SetInteger("badEpochs", _badEpochs);
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        _best = state.GetNumber("best");
        _badEpochs = (int)state.GetInteger("badEpochs");
    }

    private protected override float NextRate(double loss)
    {
        // Written so that a NaN loss counts as no improvement.
        if (loss < _best * (1.0 - _threshold))
        {
            _best = loss;
            _badEpochs = 0;
        }
        else
        {
            _badEpochs++;
        }

        if (_badEpochs <= _patience)
        {
            return LearningRate;
        }

        _badEpochs = 0;
        return Math.Max(LearningRate * _factor, _minimum);
    }
}
