using System.Reflection;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>What Adam and AdamW share: settings, two moments a parameter, and the launches.</summary>
internal sealed class AdamMoments
{
    private const int CoefficientsArgument = 4;

    private static readonly MethodInfo s_kernel = TensorKernels.Method(typeof(AdamUpdate), nameof(AdamUpdate.Update));
    private readonly KernelCall[] _calls;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly bool _isDecoupled;

    public AdamMoments(
        IReadOnlyList<Parameter> parameters,
        Tensor[] firstMoments,
        Tensor[] secondMoments,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        bool isDecoupled)
    {
        string where = isDecoupled ? nameof(AdamW) : nameof(Adam);
        ArgumentCheck.Share(beta1, where, nameof(beta1), "a share such as 0.9");
        ArgumentCheck.Share(beta2, where, nameof(beta2), "a share such as 0.999");
        ArgumentCheck.Positive(epsilon, where, nameof(epsilon), "a small number such as 1e-8");
        ArgumentCheck.NotNegative(weightDecay, where, nameof(weightDecay), "a share such as 0.01");
        (_beta1, _beta2, _epsilon, _weightDecay, _isDecoupled) = (beta1, beta2, epsilon, weightDecay, isDecoupled);
        _calls = new KernelCall[parameters.Count];
        for (int i = 0; i < _calls.Length; i++)
        {
            Tensor value = parameters[i].Value;
            _calls[i] = new KernelCall(
                value.Device,
                s_kernel,
                value.Length,
                value.View,
                parameters[i].Gradient.View,
                firstMoments[i].View,
                secondMoments[i].View,
                default(AdamCoefficients<F32>));
        }
    }

    public void Launch(long step, float learningRate)
    {
        AdamCoefficients<F32> coefficients = AdamCoefficients<F32>.ForStep(
            static value => new F32((float)value), learningRate, _beta1, _beta2, _epsilon, _weightDecay, _isDecoupled, step);
        foreach (KernelCall call in _calls)
        {
            call.Set(CoefficientsArgument, coefficients);
            call.Launch();
        }
    }
}
