using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Cells.JordanFeedbacks;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The output of Jordan's network and the context that it leaves: y_t = tanh(W_hy h_t + b_hy), k_t = μ k_(t−1) + y_t.</summary>
/// <typeparam name="TFeedback">What comes back to the hidden units.</typeparam>
/// <remarks>
/// <para>
/// Source: Jordan (1986), "Serial order: a parallel distributed processing approach": the state units hold a decaying sum of past outputs, and
/// the plan, here x, is the other input of the hidden units. Jordan's units are logistic; tanh keeps outputs of both signs. Slots: the product
/// behind those of the feedback, state 0 = y, state 1 = k, parameter 0 = μ.
/// </para>
/// <para>Backward, with d = dL/dk_t: (dL/dy_t + d)(1 − y²) to the product, μ d to k_(t−1), d k_(t−1) to μ.</para>
/// </remarks>
public readonly struct JordanOutputNode<TFeedback> : ISeparateStepNode
    where TFeedback : struct, IJordanFeedback
{
    private const int Output = 0;
    private const int Context = 1;
    private const int Decay = 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T output = T.Tanh(slots.Product(TFeedback.ProductCount));

        slots.SetState(Context, T.MultiplyAdd(slots.Parameter(Decay), slots.State(Context), output));
        slots.SetState(Output, output);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T contextGradient = slots.StateGradient(Context);

        slots.SetProductGradient(
            TFeedback.ProductCount, TanhActivation.Backward(slots.NextState(Output), slots.StateGradient(Output) + contextGradient));
        slots.AddStateGradient(Context, contextGradient * slots.Parameter(Decay));
        slots.AddParameterGradient(Decay, contextGradient * slots.State(Context));
    }
}
