using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Kernels.Reductions;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Measures and clips the norm of a fixed set of gradients on the device; its memory and launches are prepared once.</summary>
internal sealed class GradientNorm : IDisposable
{
    private const int LimitArgument = 3;

    private static readonly MethodInfo s_partial = TensorKernels.Method(typeof(Sum), nameof(Sum.PartialOfSquares));
    private static readonly MethodInfo s_finish = TensorKernels.Method(typeof(Sum), nameof(Sum.Finish));
    private static readonly MethodInfo s_factor = TensorKernels.Method(typeof(ClipFactor), nameof(ClipFactor.Forward));
    private static readonly MethodInfo s_scale = TensorKernels.Method(typeof(Scale), nameof(Kernels.Elementwise.Scale.ByView));
    private readonly Tensor[] _gradients;
    private readonly Tensor _partials;
    private readonly Tensor _sum;
    private readonly Tensor _norm;
    private readonly Tensor _factor;
    private readonly KernelCall[] _partialCalls;
    private readonly KernelCall[] _finishCalls;
    private readonly KernelCall _finishCall;
    private readonly KernelCall[] _scaleCalls;
    private readonly KernelCall _factorCall;

    public GradientNorm(IReadOnlyList<Parameter> all)
    {
        IReadOnlyList<Parameter> parameters = Parameter.Distinct(all);
        Device device = parameters[0].Gradient.Device;
        _gradients = [.. parameters.Select(parameter => parameter.Gradient)];
        _partials = Tensor.Zeros(device, parameters.Sum(parameter => Sum.PartialCount(parameter.Gradient.Length)));
        _sum = Tensor.Zeros(device, 1);
        _norm = Tensor.Zeros(device, 1);
        _factor = Tensor.Zeros(device, 1);
        _partialCalls = new KernelCall[parameters.Count];
        _finishCalls = new KernelCall[parameters.Count];
        int first = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            Tensor gradient = parameters[i].Gradient;
            int count = Sum.PartialCount(gradient.Length);
            ArrayView<float> partials = _partials.View.SubView(first, count);
            _partialCalls[i] = new KernelCall(device, s_partial, count, gradient.View, partials, gradient.Length);
            _finishCalls[i] = new KernelCall(device, s_finish, 1, partials, _sum.View, count, 0);
            first += count;
        }

        _finishCall = new KernelCall(device, s_finish, 1, _partials.View, _sum.View, first, 0);
        _scaleCalls = [.. parameters.Select(parameter => Scaling(device, parameter.Gradient))];
        _factorCall = new KernelCall(device, s_factor, 1, _sum.View, _norm.View, _factor.View, 0.0f);
    }

    /// <summary>Scales the gradients where their norm is above the limit; infinity only measures.</summary>
    /// <returns>The norm before.</returns>
    public float Clip(float maxNorm)
    {
        for (int i = 0; i < _partialCalls.Length; i++)
        {
            _partialCalls[i].Launch();
        }

        _finishCall.Launch();
        _factorCall.Set(LimitArgument, maxNorm);
        _factorCall.Launch();

        // Most steps need no scaling; who clips wants to know the norm, so the host waits for it anyway. NaN scales.
        float norm = _norm.Item();
        if (!float.IsPositiveInfinity(maxNorm) && !(norm + ClipFactor.NormOffset <= maxNorm))
        {
            foreach (KernelCall call in _scaleCalls)
            {
                call.Launch();
            }
        }

        return norm;
    }

    /// <summary>Scales each gradient whose own norm is above the limit.</summary>
    public void ClipEach(float maxNorm)
    {
        _factorCall.Set(LimitArgument, maxNorm);
        for (int i = 0; i < _partialCalls.Length; i++)
        {
            _partialCalls[i].Launch();
            _finishCalls[i].Launch();
            _factorCall.Launch();
            _scaleCalls[i].Launch();
        }
    }

    /// <summary>Multiplies all gradients by a number of the host's.</summary>
    public void Scale(float factor)
    {
        foreach (Tensor gradient in _gradients)
        {
            TensorKernels.Scale(gradient.Device, gradient.View, factor);
        }
    }

    public void Dispose()
    {
        _partials.Dispose();
        _sum.Dispose();
        _norm.Dispose();
        _factor.Dispose();
    }

    private KernelCall Scaling(Device device, Tensor gradient)
    {
        return new KernelCall(device, s_scale, gradient.Length, gradient.View, _factor.View, gradient.View);
    }
}
