using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>The second part of <see cref="LstmNode"/>: h_t = o tanh(s), with s what became of c_t.</summary>
/// <remarks>Slots: value 3 = o, value 4 = s, value 5 = tanh s, which the backward pass reads; state 0 = h.</remarks>
public readonly struct LstmOutputNode : IAmendingNode
{
    private const int Hidden = 0;
    private const int Normalised = 4;
    private const int Squashed = 5;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T squashed = T.Tanh(slots.Value(Normalised));
        slots.SetValue(Squashed, squashed);
        slots.SetState(Hidden, slots.Value((int)LstmGate.Output) * squashed);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T squashed = slots.Value(Squashed);
        T gradient = slots.StateGradient(Hidden);
        slots.AddValueGradient((int)LstmGate.Output, gradient * squashed);
        slots.AddValueGradient(Normalised, TanhActivation.Backward(squashed, gradient * slots.Value((int)LstmGate.Output)));
    }
}
