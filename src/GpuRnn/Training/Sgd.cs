using System.Reflection;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Stochastic gradient descent with momentum; the formula stands on <see cref="SgdUpdate"/>.</summary>
public sealed class Sgd : Optimizer
{
    private const int RateArgument = 3;

    private static readonly MethodInfo s_kernel = TensorKernels.Method(typeof(SgdUpdate), nameof(SgdUpdate.Update));
    private readonly KernelCall[] _calls;

    /// <summary>Starts with velocities of zero.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="momentum">The share of the velocity that stays, in [0, 1).</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Sgd(IReadOnlyList<Parameter> parameters, float learningRate, float momentum = 0.0f, float weightDecay = 0.0f)
        : base(parameters, learningRate)
    {
        ArgumentCheck.Share(momentum, nameof(Sgd), nameof(momentum), "a share such as 0.9");
        ArgumentCheck.NotNegative(weightDecay, nameof(Sgd), nameof(weightDecay), "a share such as 1e-4");
        Tensor[] velocities = AddMoments("velocity");
        _calls = PrepareCalls((parameter, i) => new KernelCall(
            Device,
            s_kernel,
            parameter.Value.Length,
            parameter.Value.View,
            parameter.Gradient.View,
            velocities[i].View,
            learningRate,
            momentum,
            weightDecay));
    }

    private protected override void Update()
    {
        foreach (KernelCall call in _calls)
        {
            call.Set(RateArgument, LearningRate);
            call.Launch();
        }
    }
}
