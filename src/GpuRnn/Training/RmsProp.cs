using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Divides each gradient by a running root mean square of itself; the formula stands on <see cref="RmsPropRule{T}"/>.</summary>
public sealed class RmsProp : Optimizer
{
    private readonly UpdateCalls<RmsPropRule<F32>> _calls;
    private readonly double _smoothing;
    private readonly double _epsilon;
    private readonly double _momentum;

    /// <summary>Starts with mean squares and velocities of zero; without momentum there are no velocities.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="smoothing">The share of the mean square that stays (PyTorch: alpha), in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the mean square.</param>
    /// <param name="momentum">The share of the velocity that stays, in [0, 1).</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient (L2 regularisation).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public RmsProp(
        IReadOnlyList<Parameter> parameters,
        float learningRate = 0.01f,
        double smoothing = 0.99,
        double epsilon = 1e-8,
        double momentum = 0.0,
        double weightDecay = 0.0)
        : base(parameters, learningRate, weightDecay)
    {
        ArgumentCheck.Share(smoothing, nameof(RmsProp), nameof(smoothing), "a share such as 0.99");
        ArgumentCheck.Positive(epsilon, nameof(RmsProp), nameof(epsilon), "a small number such as 1e-8");
        ArgumentCheck.Share(momentum, nameof(RmsProp), nameof(momentum), "a share such as 0.9");
        (_smoothing, _epsilon, _momentum) = (smoothing, epsilon, momentum);
        Tensor[] means = AddMoments("meanSquare");
        _calls = momentum == 0.0
            ? new UpdateCalls<RmsPropRule<F32>>(Parameters, means)
            : new UpdateCalls<RmsPropRule<F32>>(Parameters, means, AddMoments("velocity"));
    }

    private protected override void Update(UpdateGroup group)
    {
        _calls.Launch(group, RmsPropRule<F32>.Create(
            static value => new F32((float)value), group.LearningRate, _smoothing, _momentum, _epsilon));
    }
}
