using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Cells.JordanFeedbacks;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The hidden units of Jordan's network: h_t = tanh(W_ih x_t + b_ih + W_yh k_(t−1) [+ W_hh h_(t−1)]).</summary>
/// <typeparam name="TFeedback">Whether the hidden units' own past comes back too.</typeparam>
/// <remarks>
/// The context k and the source stand at <see cref="JordanOutputNode{TFeedback}"/>. Slots: input 0, product 0 = W_yh k, product 1 = W_hh h where
/// there is one, state 2 = h. Backward, with d = (1 − h²) dL/dh_t: all that was added receives d.
/// </remarks>
public readonly struct JordanHiddenNode<TFeedback> : ISeparateStepNode
    where TFeedback : struct, IJordanFeedback
{
    private const int Hidden = 2;
    private const int Context = 0;
    private const int Recurrence = 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T sum = slots.Input(Context) + slots.Product(Context);
        if (TFeedback.ProductCount > Recurrence)
        {
            sum += slots.Product(Recurrence);
        }

        slots.SetState(Hidden, T.Tanh(sum));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T gradient = TanhActivation.Backward(slots.NextState(Hidden), slots.StateGradient(Hidden));
        slots.SetInputGradient(Context, gradient);
        slots.SetProductGradient(Context, gradient);
        if (TFeedback.ProductCount > Recurrence)
        {
            slots.SetProductGradient(Recurrence, gradient);
        }
    }
}
