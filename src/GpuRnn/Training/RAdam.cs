using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;

namespace GpuRnn.Training;

/// <summary>Adam whose first steps are held back while the second moment is uncertain; the formula stands on <see cref="AdamSteps"/>.</summary>
public sealed class RAdam : Optimizer
{
    private readonly AdamMoments _moments;

    /// <summary>Starts with moments of zero.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="beta1">The share of the first moment that stays, in [0, 1).</param>
    /// <param name="beta2">The share of the second moment that stays, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient (L2 regularisation).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public RAdam(
        IReadOnlyList<Parameter> parameters,
        float learningRate = 1e-3f,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        double weightDecay = 0.0)
        : base(parameters, learningRate, weightDecay)
    {
        _moments = new AdamMoments(this, AddMoments("firstMoment"), AddMoments("secondMoment"), beta1, beta2, epsilon);
    }

    private protected override void Update(UpdateGroup group)
    {
        _moments.Launch(group, AdamSteps.RAdam(AdamMoments.Round, _moments.Settings, group.LearningRate, StepCount));
    }
}
