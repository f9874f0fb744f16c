using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The simple recurrent unit whose activation and clip are constants of the layer: h_t = f(clip_r(a)), a as in <see cref="ElmanNode{TActivation}"/>.</summary>
/// <remarks>
/// Source: ONNX's RNN. Slots: input 0, product 0, state 0 = h, value 0 = the clipped pre-activation; vectors of <see cref="ChosenVectors"/>, the first
/// function. Backward: f' dL/dh_t to both, nothing where the limit cut.
/// </remarks>
public readonly struct ChosenElmanNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int Block = 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T sum = ChosenActivation.Clip(slots.Input(Block) + slots.Product(Block), slots.Parameter(ChosenVectors.Clip));
        slots.SetValue(Block, sum);
        slots.SetState(Hidden, ChosenActivation.Forward(
            slots.Parameter(ChosenVectors.First), slots.Parameter(ChosenVectors.First + 1), slots.Parameter(ChosenVectors.First + 2), sum));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T sum = slots.Value(Block);
        T slope = ChosenActivation.Derivative(
            slots.Parameter(ChosenVectors.First), slots.Parameter(ChosenVectors.First + 1), slots.Parameter(ChosenVectors.First + 2), sum, slots.NextState(Hidden));
        T gradient = ChosenActivation.ClipBackward(sum, slots.Parameter(ChosenVectors.Clip), slots.StateGradient(Hidden) * slope);
        slots.SetInputGradient(Block, gradient);
        slots.SetProductGradient(Block, gradient);
    }
}
