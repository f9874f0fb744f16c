using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The simple recurrent unit: h_t = act(W_ih x_t + b_ih + W_hh h_(t−1) + b_hh).</summary>
/// <typeparam name="TActivation">act; Elman used the logistic function, PyTorch's <c>nn.RNN</c> tanh or relu.</typeparam>
/// <remarks>
/// Source: Elman (1990), "Finding structure in time", with PyTorch's two biases. Slots: input 0, product 0, state 0 = h; no values.
/// Backward, with d = act'(h) · dL/dh: both pre-activations receive d. The path through h_(t−1) is the product's.
/// </remarks>
public readonly struct ElmanNode<TActivation> : IStepNode
    where TActivation : struct, IActivation
{
    private const int Hidden = 0;
    private const int Block = 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        slots.SetState(Hidden, TActivation.Forward(slots.Input(Block) + slots.Product(Block)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T gradient = TActivation.Backward(slots.NextState(Hidden), slots.StateGradient(Hidden));
        slots.SetInputGradient(Block, gradient);
        slots.SetProductGradient(Block, gradient);
    }
}
