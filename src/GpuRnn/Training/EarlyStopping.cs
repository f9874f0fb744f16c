using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Watches the validation loss and says when to stop; the trainer keeps the best epoch's weights beside it.</summary>
public sealed class EarlyStopping
{
    /// <summary>Stops after <paramref name="patience"/> epochs in a row without an improvement.</summary>
    /// <param name="patience">At least 1.</param>
    /// <param name="minimumImprovement">By how much the loss must fall below the best one to count, absolute.</param>
    /// <exception cref="ArgumentOutOfRangeException">The patience is below 1 or the improvement is negative.</exception>
    public EarlyStopping(int patience, double minimumImprovement = 0.0)
    {
        ArgumentCheck.AtLeast(patience, 1, nameof(EarlyStopping), nameof(patience), "the number of epochs to wait for an improvement");
        ArgumentCheck.NotNegative(minimumImprovement, nameof(EarlyStopping), nameof(minimumImprovement), "a difference of two losses");
        Patience = patience;
        MinimumImprovement = minimumImprovement;
    }

    /// <summary>Epochs without improvement after which to stop.</summary>
    public int Patience { get; }

    /// <summary>The smallest fall of the loss that counts.</summary>
    public double MinimumImprovement { get; }

    /// <summary>The lowest loss so far; infinity before the first epoch.</summary>
    public double BestLoss { get; private set; } = double.PositiveInfinity;

    /// <summary>The epoch of <see cref="BestLoss"/>, counted from 1; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Epochs in a row that brought no improvement.</summary>
    public int EpochsWithoutImprovement { get; private set; }

    /// <summary>True when the patience is used up.</summary>
    public bool ShouldStop => EpochsWithoutImprovement >= Patience;

    /// <summary>Takes one epoch's loss into account; NaN is no improvement.</summary>
    /// <returns>True when it is the best so far.</returns>
    public bool Observe(int epoch, double loss)
    {
        // An infinite best must not swallow the difference: the first finite loss always improves.
        if (loss < BestLoss - MinimumImprovement)
        {
            BestLoss = loss;
            BestEpoch = epoch;
            EpochsWithoutImprovement = 0;
            return true;
        }

        EpochsWithoutImprovement++;
        return false;
    }

    /// <summary>Writes the best loss and the count.</summary>
    public void SaveState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.SetNumber("bestLoss", BestLoss);
        state.SetInteger("bestEpoch", BestEpoch);
        state.SetInteger("epochsWithoutImprovement", EpochsWithoutImprovement);
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="FormatException">Something is missing in it.</exception>
    public void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        BestLoss = state.GetNumber("bestLoss");
        BestEpoch = (int)state.GetInteger("bestEpoch");
        EpochsWithoutImprovement = (int)state.GetInteger("epochsWithoutImprovement");
    }
}
