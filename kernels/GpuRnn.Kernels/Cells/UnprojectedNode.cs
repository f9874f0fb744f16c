using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The output of <see cref="ChosenLstmNode"/> is its h as it is: state 0 = the value that the node before wrote.</summary>
public readonly struct UnprojectedNode : ISeparateStepNode
{
    private const int Hidden = 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T> => slots.SetState(Hidden, slots.Value(ChosenLstmNode.HiddenValue));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T> => slots.AddValueGradient(ChosenLstmNode.HiddenValue, slots.StateGradient(Hidden));
}
