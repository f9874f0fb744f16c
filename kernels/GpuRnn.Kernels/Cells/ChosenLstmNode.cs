using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The elementwise part of one LSTM step whose activations, clip and cell clip are constants of the layer.</summary>
/// <remarks>
/// <para>With a_k as in <see cref="LstmNode"/>, clip_r(x) = min(max(x, −r), r), and functions f, g, h of <see cref="ChosenActivation"/>:</para>
/// <para>
/// i, f, o = f(clip_r(a_k)), g = g(clip_r(a_g)); c_t = clip_s(f c_(t−1) + i g); h_t = o h(c_t). Without a limit, r or s is the largest number.
/// </para>
/// <para>
/// Source: ONNX's LSTM (activations, clip r); Sak, Senior and Beaufays (2014), "Long short-term memory recurrent neural network architectures for
/// large scale acoustic modeling", whose implementations clip c to s. Slots as in <see cref="LstmNode"/>, but values 0..3 are the clipped pre-activations,
/// 4..7 the gates, 8 = h(c_t) and 9 = h_t, which <see cref="UnprojectedNode"/> or a projection behind it makes the output; vectors of <see cref="ChosenVectors"/>.
/// </para>
/// <para>Backward as in <see cref="LstmNode"/>; what a limit cut passes no gradient on. The constants get none.</para>
/// </remarks>
public readonly struct ChosenLstmNode : ISeparateStepNode
{
    /// <summary>The value slot of h_t.</summary>
    public const int HiddenValue = SquashedValue + 1;

    private const int CellState = 1;
    private const int FirstGateValue = (int)LstmGate.Output + 1;
    private const int SquashedValue = FirstGateValue + (int)LstmGate.Output + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T input = Gate<T, TSlots>(ref slots, LstmGate.Input, ChosenVectors.First);
        T forget = Gate<T, TSlots>(ref slots, LstmGate.Forget, ChosenVectors.First);
        T cell = Gate<T, TSlots>(ref slots, LstmGate.Cell, ChosenVectors.Second);
        T output = Gate<T, TSlots>(ref slots, LstmGate.Output, ChosenVectors.First);

        T cellState = ChosenActivation.Clip(T.MultiplyAdd(forget, slots.State(CellState), input * cell), slots.Parameter(ChosenVectors.CellClip));
        T squashed = ChosenActivation.Forward(
            slots.Parameter(ChosenVectors.Third), slots.Parameter(ChosenVectors.Third + 1), slots.Parameter(ChosenVectors.Third + 2), cellState);

        slots.SetState(CellState, cellState);
        slots.SetValue(SquashedValue, squashed);
        slots.SetValue(HiddenValue, output * squashed);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T input = slots.Value(FirstGateValue + (int)LstmGate.Input);
        T forget = slots.Value(FirstGateValue + (int)LstmGate.Forget);
        T cell = slots.Value(FirstGateValue + (int)LstmGate.Cell);
        T output = slots.Value(FirstGateValue + (int)LstmGate.Output);
        T squashed = slots.Value(SquashedValue);
        T cellState = slots.NextState(CellState);
        T hiddenGradient = slots.ValueGradient(HiddenValue);

        T slope = ChosenActivation.Derivative(
            slots.Parameter(ChosenVectors.Third),
            slots.Parameter(ChosenVectors.Third + 1),
            slots.Parameter(ChosenVectors.Third + 2),
            cellState,
            squashed);
        T cellGradient = ChosenActivation.ClipBackward(
            cellState, slots.Parameter(ChosenVectors.CellClip), T.MultiplyAdd(hiddenGradient * output, slope, slots.StateGradient(CellState)));

        SetGate<T, TSlots>(ref slots, LstmGate.Input, ChosenVectors.First, input, cellGradient * cell);
        SetGate<T, TSlots>(ref slots, LstmGate.Forget, ChosenVectors.First, forget, cellGradient * slots.State(CellState));
        SetGate<T, TSlots>(ref slots, LstmGate.Cell, ChosenVectors.Second, cell, cellGradient * input);
        SetGate<T, TSlots>(ref slots, LstmGate.Output, ChosenVectors.First, output, hiddenGradient * squashed);
        slots.AddStateGradient(CellState, cellGradient * forget);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Gate<T, TSlots>(ref TSlots slots, LstmGate gate, int vector)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T sum = ChosenActivation.Clip(slots.Input((int)gate) + slots.Product((int)gate), slots.Parameter(ChosenVectors.Clip));
        T result = ChosenActivation.Forward(slots.Parameter(vector), slots.Parameter(vector + 1), slots.Parameter(vector + 2), sum);
        slots.SetValue((int)gate, sum);
        slots.SetValue(FirstGateValue + (int)gate, result);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetGate<T, TSlots>(ref TSlots slots, LstmGate gate, int vector, T result, T gradient)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T sum = slots.Value((int)gate);
        T slope = ChosenActivation.Derivative(slots.Parameter(vector), slots.Parameter(vector + 1), slots.Parameter(vector + 2), sum, result);
        T clipped = ChosenActivation.ClipBackward(sum, slots.Parameter(ChosenVectors.Clip), gradient * slope);
        slots.SetInputGradient((int)gate, clipped);
        slots.SetProductGradient((int)gate, clipped);
    }
}
