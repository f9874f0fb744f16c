using System.Reflection;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The launches of one rule over all parameters, prepared once.</summary>
/// <typeparam name="TRule">The rule.</typeparam>
internal sealed class UpdateCalls<TRule>
    where TRule : struct, IUpdateRule<TRule, F32>
{
    private const int PenaltyArgument = 5;
    private const int RuleArgument = 6;

    private static readonly MethodInfo s_kernel =
        TensorKernels.Method(typeof(OptimizerUpdate), nameof(OptimizerUpdate.Update)).MakeGenericMethod(typeof(TRule));

    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly KernelCall[] _calls;

    /// <param name="parameters">What is updated.</param>
    /// <param name="moments">What the rule keeps: none, one or two tensors beside every parameter.</param>
    public UpdateCalls(IReadOnlyList<Parameter> parameters, params Tensor[][] moments)
    {
        _parameters = parameters;
        _calls = [.. parameters.Select((parameter, i) => new KernelCall(
            parameter.Value.Device,
            s_kernel,
            parameter.Value.Length,
            parameter.Value.Memory,
            parameter.Gradient.View,
            moments.Length > 0 ? moments[0][i].View : parameter.Gradient.View,
            moments.Length > 1 ? moments[1][i].View : parameter.Gradient.View,
            moments.Length,
            default(Penalty<F32>),
            default(TRule)))];
    }

    public void Launch(UpdateGroup group, in TRule rule)
    {
        foreach (int i in group.Members)
        {
            _calls[i].Set(PenaltyArgument, group.Penalty);
            _calls[i].Set(RuleArgument, rule);
            _parameters[i].Value.MarkWritten();
            _calls[i].Launch();
        }
    }
}
