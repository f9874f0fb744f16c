using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Decides the learning rate of each epoch, or of each step.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>Starts at the given rate, step 0 of epoch 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not finite or not above zero.</exception>
    private protected LearningRateSchedule(float initialLearningRate, ScheduleUnit unit = ScheduleUnit.Epoch)
    {
        ArgumentCheck.Positive(initialLearningRate, GetType().Name, nameof(initialLearningRate), "a learning rate such as 0.001");
        InitialLearningRate = initialLearningRate;
        LearningRate = initialLearningRate;
        Unit = unit;
    }

    /// <summary>The rate at the start, from which the others follow.</summary>
    public float InitialLearningRate { get; }

    /// <summary>What the rate follows.</summary>
    public ScheduleUnit Unit { get; }

    /// <summary>The rate to use now.</summary>
    public float LearningRate { get; private protected set; }

    /// <summary>Epochs that have ended.</summary>
    public int EpochsDone { get; private set; }

    /// <summary>Steps of the optimizer that are done.</summary>
    public long StepsDone { get; private set; }

    /// <summary>Epochs or steps done, whichever it counts.</summary>
    private protected long UnitsDone => Unit == ScheduleUnit.Step ? StepsDone : EpochsDone;

    /// <summary>Moves on to the next step's rate; a schedule of epochs keeps its rate.</summary>
    public virtual void EndStep()
    {
        StepsDone++;
        if (Unit == ScheduleUnit.Step)
        {
            LearningRate = NextRate(double.NaN);
        }
    }

    /// <summary>Moves on to the next epoch's rate; a schedule of steps keeps its rate.</summary>
    /// <param name="loss">
    /// The loss of the epoch that ended, on the validation data where there is some; only a plateau schedule looks at it.
    /// </param>
    public virtual void EndEpoch(double loss)
    {
        EpochsDone++;
        if (Unit == ScheduleUnit.Epoch)
        {
            LearningRate = NextRate(loss);
        }
    }

    /// <summary>Writes what decides the coming rates.</summary>
    public virtual void SaveState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.SetText("kind", GetType().Name);
        state.SetInteger("epochsDone", EpochsDone);
        state.SetInteger("stepsDone", StepsDone);
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
        StepsDone = state.GetInteger("stepsDone");
        LearningRate = (float)state.GetNumber("learningRate");
    }

    /// <summary>The rate after <see cref="UnitsDone"/>.</summary>
    /// <param name="loss">Of the epoch that ended; NaN in a schedule of steps.</param>
    private protected abstract float NextRate(double loss);
}
