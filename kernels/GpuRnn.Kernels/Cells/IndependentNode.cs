using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The independently recurrent unit: h_t = act(W_ih x_t + b_ih + u h_(t−1)), where a unit sees no other unit's past.</summary>
/// <typeparam name="TActivation">act; the paper takes relu, and tanh to compare.</typeparam>
/// <remarks>
/// <para>
/// Source: Li, Li, Cook, Zhu and Gao (2018), "Independently recurrent neural network (IndRNN)". u is a vector, so a step has no product.
/// Slots: input 0, state 0 = h, parameter 0 = u; no values.
/// </para>
/// <para>Backward, with d = act'(h) · dL/dh_t: d to the pre-activation, d u to h_(t−1), d h_(t−1) to u.</para>
/// </remarks>
public readonly struct IndependentNode<TActivation> : IUnitStepNode
    where TActivation : struct, IActivation
{
    private const int Hidden = 0;
    private const int Block = 0;
    private const int Recurrent = 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        slots.SetState(Hidden, TActivation.Forward(T.MultiplyAdd(slots.Parameter(Recurrent), slots.State(Hidden), slots.Input(Block))));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T gradient = TActivation.Backward(slots.NextState(Hidden), slots.StateGradient(Hidden));

        slots.SetInputGradient(Block, gradient);
        slots.AddStateGradient(Hidden, gradient * slots.Parameter(Recurrent));
        slots.AddParameterGradient(Recurrent, gradient * slots.State(Hidden));
    }
}
