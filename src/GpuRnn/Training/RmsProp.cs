using System.Reflection;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Divides each gradient by a running root mean square of itself; the formula stands on <see cref="RmsPropUpdate"/>.</summary>
public sealed class RmsProp : Optimizer
{
    private const int CoefficientsArgument = 4;

    private static readonly MethodInfo s_kernel = TensorKernels.Method(typeof(RmsPropUpdate), nameof(RmsPropUpdate.Update));
    private readonly double _smoothing;
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly double _weightDecay;
    private readonly KernelCall[] _calls;

    /// <summary>Starts with mean squares and velocities of zero.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="smoothing">The share of the mean square that stays (PyTorch: alpha), in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the mean square.</param>
    /// <param name="momentum">The share of the velocity that stays, in [0, 1).</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public RmsProp(
        IReadOnlyList<Parameter> parameters,
        float learningRate = 0.01f,
        double smoothing = 0.99,
        double epsilon = 1e-8,
        double momentum = 0.0,
        double weightDecay = 0.0)
        : base(parameters, learningRate)
    {
        ArgumentCheck.Share(smoothing, nameof(RmsProp), nameof(smoothing), "a share such as 0.99");
        ArgumentCheck.Positive(epsilon, nameof(RmsProp), nameof(epsilon), "a small number such as 1e-8");
        ArgumentCheck.Share(momentum, nameof(RmsProp), nameof(momentum), "a share such as 0.9");
        ArgumentCheck.NotNegative(weightDecay, nameof(RmsProp), nameof(weightDecay), "a share such as 1e-4");
        (_smoothing, _epsilon, _momentum, _weightDecay) = (smoothing, epsilon, momentum, weightDecay);
        Tensor[] means = AddMoments("meanSquare");
        Tensor[] velocities = AddMoments("velocity");
        _calls = PrepareCalls((parameter, i) => new KernelCall(
            Device,
            s_kernel,
            parameter.Value.Length,
            parameter.Value.View,
            parameter.Gradient.View,
            means[i].View,
            velocities[i].View,
            default(RmsPropCoefficients<F32>)));
    }

    private protected override void Update()
    {
        RmsPropCoefficients<F32> coefficients = RmsPropCoefficients<F32>.Create(
            static value => new F32((float)value), LearningRate, _smoothing, _momentum, _epsilon, _weightDecay);
        foreach (KernelCall call in _calls)
        {
            call.Set(CoefficientsArgument, coefficients);
            call.Launch();
        }
    }
}
