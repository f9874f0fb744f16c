using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Steps by the signs of gradients alone, for batches that hold all the data; the formula stands on <see cref="RpropRule{T}"/>.</summary>
public sealed class Rprop : Optimizer
{
    private readonly UpdateCalls<RpropRule<F32>> _calls;
    private readonly RpropRule<F32> _rule;
    private readonly Tensor[] _stepSizes;

    /// <summary>Starts with step sizes of the learning rate at the first step; later changes of the rate do nothing.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The size of the first step.</param>
    /// <param name="etaMinus">The factor of a step size whose gradient changed its sign, in (0, 1).</param>
    /// <param name="etaPlus">The factor of one whose gradient kept it, above 1.</param>
    /// <param name="leastStep">The smallest step size.</param>
    /// <param name="mostStep">The largest step size.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Rprop(
        IReadOnlyList<Parameter> parameters,
        float learningRate = 0.01f,
        double etaMinus = 0.5,
        double etaPlus = 1.2,
        double leastStep = 1e-6,
        double mostStep = 50.0)
        : base(parameters, learningRate, weightDecay: 0.0)
    {
        ArgumentCheck.Positive(etaMinus, nameof(Rprop), nameof(etaMinus), "a factor such as 0.5");
        ArgumentCheck.Below(etaMinus, 1.0, nameof(Rprop), nameof(etaMinus), "a factor such as 0.5");
        ArgumentCheck.Positive(etaPlus - 1.0, nameof(Rprop), $"{nameof(etaPlus)} − 1", "a factor such as 1.2, less 1");
        ArgumentCheck.Positive(leastStep, nameof(Rprop), nameof(leastStep), "a size such as 1e-6");
        ArgumentCheck.Positive(mostStep - leastStep, nameof(Rprop), $"{nameof(mostStep)} − {nameof(leastStep)}", "a size such as 50 above the smallest");
        _rule = RpropRule<F32>.Create(static value => new F32((float)value), etaMinus, etaPlus, leastStep, mostStep);
        Tensor[] gradients = AddMoments("gradient");
        _stepSizes = AddMoments("stepSize");
        _calls = new UpdateCalls<RpropRule<F32>>(Parameters, gradients, _stepSizes);
    }

    private protected override void Update(UpdateGroup group)
    {
        if (StepCount == 1)
        {
            foreach (int i in group.Members)
            {
                TensorKernels.Fill(Device, _stepSizes[i].View, (float)group.LearningRate);
            }
        }

        _calls.Launch(group, _rule);
    }
}
