using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Decides the learning rate of each epoch.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>Starts at the given rate, epoch 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not finite or not above zero.</exception>
    private protected LearningRateSchedule(float initialLearningRate)
    {
        ArgumentCheck.Positive(initialLearningRate, GetType().Name, nameof(initialLearningRate), "a learning rate such as 0.001");
        InitialLearningRate = initialLearningRate;
        LearningRate = initialLearningRate;
    }

    /// <summary>The rate of epoch 0, from which the others follow.</summary>
    public float InitialLearningRate { get; }

    /// <summary>The rate to use now.</summary>
    public float LearningRate { get; private protected set; }

    /// <summary>Epochs that have ended.</summary>
    public int EpochsDone { get; private set; }

    /// <summary>Moves on to the next epoch's rate.</summary>
    /// <param name="loss">
    /// The loss of the epoch that ended, on the validation data where there is some; only a plateau schedule looks at it.
    /// </param>
    public void EndEpoch(double loss)
    {
        EpochsDone++;
        LearningRate = NextRate(loss);
    }

    /// <summary>Writes what decides the coming rates.</summary>
    public virtual void SaveState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.SetText("kind", GetType().Name);
        state.SetInteger("epochsDone", EpochsDone);
        state.SetNumber("learningRate", LearningRate);
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="FormatException">It was written by another kind of schedule.</exception>
    public virtual void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string kind = state.GetText("kind");
        if (kind != GetType().Name)
        {
            throw new FormatException(
                $"Checkpoint: the schedule was {kind}, but this run uses {GetType().Name}. Resume with the schedule of the first run.");
        }

        EpochsDone = (int)state.GetInteger("epochsDone");
        LearningRate = (float)state.GetNumber("learningRate");
    }

    private protected abstract float NextRate(double loss);
}
