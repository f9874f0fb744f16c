using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The output of a projected LSTM is what the projection gave: h_t = W_hr (o h(c_t)), product slot 4, state 0 = h.</summary>
/// <remarks>Source: Sak, Senior and Beaufays (2014); PyTorch's <c>proj_size</c>.</remarks>
public readonly struct ProjectionNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int Projection = 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T> => slots.SetState(Hidden, slots.Product(Projection));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T> => slots.SetProductGradient(Projection, slots.StateGradient(Hidden));
}
