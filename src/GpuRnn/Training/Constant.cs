namespace GpuRnn.Training;

/// <summary>The same learning rate in every epoch.</summary>
/// <param name="learningRate">Finite and above zero.</param>
public sealed class Constant(float learningRate) : LearningRateSchedule(learningRate)
{
    private protected override float NextRate(double loss)
    {
        return InitialLearningRate;
    }
}
