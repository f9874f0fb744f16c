using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>A linear warm-up and then a fall with the root of the step (Vaswani et al. 2017, section 5.3).</summary>
public sealed class Noam : LearningRateSchedule
{
    private readonly int _modelSize;
    private readonly int _warmupSteps;
    private readonly float _factor;

    /// <summary>Rate of step t, counted from 1: factor · modelSize^−½ · min(t^−½, t · warmupSteps^−1½).</summary>
    /// <param name="modelSize">The width of the model's states, at least 1.</param>
    /// <param name="warmupSteps">The step of the highest rate, at least 1.</param>
    /// <param name="factor">Scales all rates.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Noam(int modelSize, int warmupSteps = 4000, float factor = 1.0f)
        : base(First(modelSize, warmupSteps, factor), ScheduleUnit.Step)
    {
        (_modelSize, _warmupSteps, _factor) = (modelSize, warmupSteps, factor);
    }

    private protected override float NextRate(double loss)
    {
        return Rate(_modelSize, _warmupSteps, _factor, StepsDone + 1);
    }

    private static float First(int modelSize, int warmupSteps, float factor)
    {
        ArgumentCheck.AtLeast(modelSize, 1, nameof(Noam), nameof(modelSize), "the width of the model's states");
        ArgumentCheck.AtLeast(warmupSteps, 1, nameof(Noam), nameof(warmupSteps), "the step of the highest rate");
        ArgumentCheck.Positive(factor, nameof(Noam), nameof(factor), "a factor such as 1");
        return Rate(modelSize, warmupSteps, factor, 1);
    }

    private static float Rate(int modelSize, int warmupSteps, float factor, long step)
    {
        double shape = Math.Min(1.0 / Math.Sqrt(step), step * Math.Pow(warmupSteps, -1.5));
        return (float)(factor / Math.Sqrt(modelSize) * shape);
    }
}
