using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Lets the size of each step follow the steps before it; the formula stands on <see cref="AdadeltaRule{T}"/>.</summary>
public sealed class Adadelta : Optimizer
{
    private readonly UpdateCalls<AdadeltaRule<F32>> _calls;
    private readonly double _rho;
    private readonly double _epsilon;

    /// <summary>Starts with running means of zero.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step, usually 1.</param>
    /// <param name="rho">The share of the running means that stays, in [0, 1).</param>
    /// <param name="epsilon">Added under both roots; decides how large the first steps are.</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient (L2 regularisation).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adadelta(
        IReadOnlyList<Parameter> parameters,
        float learningRate = 1.0f,
        double rho = 0.9,
        double epsilon = 1e-6,
        double weightDecay = 0.0)
        : base(parameters, learningRate, weightDecay)
    {
        ArgumentCheck.Share(rho, nameof(Adadelta), nameof(rho), "a share such as 0.9");
        ArgumentCheck.Positive(epsilon, nameof(Adadelta), nameof(epsilon), "a small number such as 1e-6");
        (_rho, _epsilon) = (rho, epsilon);
        _calls = new UpdateCalls<AdadeltaRule<F32>>(Parameters, AddMoments("meanSquare"), AddMoments("meanSquareStep"));
    }

    private protected override void Update(UpdateGroup group)
    {
        _calls.Launch(group, AdadeltaRule<F32>.Create(static value => new F32((float)value), group.LearningRate, _rho, _epsilon));
    }
}
