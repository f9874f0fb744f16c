using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>What most gates do with their slots: the gate's input and product stand at one number and are only ever added.</summary>
internal static class GateTerms
{
    /// <summary>A gate's pre-activation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T, TSlots>(ref TSlots slots, int gate)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T> =>
        slots.Input(gate) + slots.Product(gate);

    /// <summary>The gradient of a gate's pre-activation, which is that of both terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetGradient<T, TSlots>(ref TSlots slots, int gate, T gradient)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        slots.SetInputGradient(gate, gradient);
        slots.SetProductGradient(gate, gradient);
    }
}
