using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Adam with Nesterov's look ahead; the formula stands on <see cref="AdamSteps"/>.</summary>
public sealed class Nadam : Optimizer
{
    private readonly AdamMoments _moments;
    private readonly double _momentumDecay;
    private double _product = 1.0;
    private double _productBefore = 1.0;

    /// <summary>Starts with moments of zero.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="beta1">The share of the first moment that stays, in (0, 1).</param>
    /// <param name="beta2">The share of the second moment that stays, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient (L2 regularisation).</param>
    /// <param name="momentumDecay">How fast the momentum grows from half of beta1 to beta1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Nadam(
        IReadOnlyList<Parameter> parameters,
        float learningRate = 2e-3f,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        double weightDecay = 0.0,
        double momentumDecay = 0.004)
        : base(parameters, learningRate, weightDecay)
    {
        ArgumentCheck.Positive(beta1, nameof(Nadam), nameof(beta1), "a share such as 0.9");
        ArgumentCheck.NotNegative(momentumDecay, nameof(Nadam), nameof(momentumDecay), "a small number such as 0.004");
        _moments = new AdamMoments(this, AddMoments("firstMoment"), AddMoments("secondMoment"), beta1, beta2, epsilon);
        _momentumDecay = momentumDecay;
    }

    /// <inheritdoc/>
    public override void SaveState(SavedState state)
    {
        base.SaveState(state);
        state.SetNumber("momentumProduct", _product);
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        _product = state.GetNumber("momentumProduct");
    }

    private protected override void BeginStep()
    {
        _productBefore = _product;
    }

    private protected override void Update(UpdateGroup group)
    {
        // Every group multiplies what the step before left.
        _product = _productBefore;
        _moments.Launch(group, AdamSteps.Nadam(
            AdamMoments.Round, _moments.Settings, _momentumDecay, group.LearningRate, StepCount, ref _product));
    }
}
