using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Stochastic gradient descent with momentum; the formula stands on <see cref="SgdRule{T}"/>.</summary>
public sealed class Sgd : Optimizer
{
    private readonly UpdateCalls<SgdRule<F32>> _calls;
    private readonly double _momentum;
    private readonly bool _isNesterov;

    /// <summary>Starts with velocities of zero; without momentum there are none.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="momentum">The share of the velocity that stays, in [0, 1).</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient (L2 regularisation).</param>
    /// <param name="nesterov">True looks ahead along the velocity (Nesterov 1983); needs a momentum.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Sgd(
        IReadOnlyList<Parameter> parameters, float learningRate, float momentum = 0.0f, float weightDecay = 0.0f, bool nesterov = false)
        : base(parameters, learningRate, weightDecay)
    {
        ArgumentCheck.Share(momentum, nameof(Sgd), nameof(momentum), "a share such as 0.9");
        if (nesterov)
        {
            ArgumentCheck.Positive(momentum, nameof(Sgd), nameof(momentum), "a share such as 0.9, which Nesterov's form needs");
        }

        (_momentum, _isNesterov) = (momentum, nesterov);
        _calls = momentum == 0.0f
            ? new UpdateCalls<SgdRule<F32>>(Parameters)
            : new UpdateCalls<SgdRule<F32>>(Parameters, AddMoments("velocity"));
    }

    private protected override void Update(UpdateGroup group)
    {
        _calls.Launch(group, SgdRule<F32>.Create(static value => new F32((float)value), group.LearningRate, _momentum, _isNesterov));
    }
}
