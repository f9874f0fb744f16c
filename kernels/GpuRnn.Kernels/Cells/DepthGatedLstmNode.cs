using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The elementwise part of one step of the LSTM whose cell state also takes that of the layer below, through a gate of its own.</summary>
/// <remarks>
/// <para>With a_k = (W_ih x_t + b_ih)_k + (W_hh h_(t−1) + b_hh)_k for i, f, g, o, and e_t the cell state of the layer below (zero below the first):</para>
/// <para>
/// i = σ(a_i), f = σ(a_f), g = tanh(a_g), o = σ(a_o), d = σ((W_ih x_t + b_ih)_d + w_c c_(t−1) + w_e e_t);
/// c_t = d e_t + f c_(t−1) + i g; h_t = o tanh(c_t). w_c and w_e act unit by unit.
/// </para>
/// <para>
/// Source: Yao, Cohn, Vylomova, Duh and Dyer (2015), "Depth-Gated LSTM" (arXiv 1508.03790), without its peepholes in i, f, o. Slots: inputs 0..4 =
/// the gates of <see cref="DepthGatedLstmGate"/>, input 5 = e, products and values 0..3 = i, f, g, o; state 0 = h, state 1 = c; parameter 0 = w_c,
/// parameter 1 = w_e.
/// </para>
/// <para>
/// Backward as in <see cref="LstmNode"/>, and with dc = dL/dc_t: dd = dc e d (1 − d) to d's pre-activation; dc d + dd w_e to e_t; dc f + dd w_c to
/// c_(t−1); dd c_(t−1) to w_c, dd e_t to w_e. d is computed again from what it was made of, so that a step keeps four values.
/// </para>
/// </remarks>
public readonly struct DepthGatedLstmNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int CellState = 1;
    private const int Below = (int)DepthGatedLstmGate.Depth + 1;
    private const int CarriedWeight = 0;
    private const int BelowWeight = 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T input = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Input));
        T forget = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Forget));
        T cell = T.Tanh(GateTerms.Sum<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Cell));
        T output = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Output));
        T carried = slots.State(CellState);
        T below = slots.Input(Below);
        T depth = Depth(slots.Input((int)DepthGatedLstmGate.Depth), slots.Parameter(CarriedWeight), carried, slots.Parameter(BelowWeight), below);

        T cellState = T.MultiplyAdd(depth, below, T.MultiplyAdd(forget, carried, input * cell));

        slots.SetValue((int)DepthGatedLstmGate.Input, input);
        slots.SetValue((int)DepthGatedLstmGate.Forget, forget);
        slots.SetValue((int)DepthGatedLstmGate.Cell, cell);
        slots.SetValue((int)DepthGatedLstmGate.Output, output);
        slots.SetState(CellState, cellState);
        slots.SetState(Hidden, output * T.Tanh(cellState));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T input = slots.Value((int)DepthGatedLstmGate.Input);
        T forget = slots.Value((int)DepthGatedLstmGate.Forget);
        T cell = slots.Value((int)DepthGatedLstmGate.Cell);
        T output = slots.Value((int)DepthGatedLstmGate.Output);
        T carried = slots.State(CellState);
        T below = slots.Input(Below);
        T carriedWeight = slots.Parameter(CarriedWeight);
        T belowWeight = slots.Parameter(BelowWeight);
        T depth = Depth(slots.Input((int)DepthGatedLstmGate.Depth), carriedWeight, carried, belowWeight, below);
        T squashed = T.Tanh(slots.NextState(CellState));
        T hiddenGradient = slots.StateGradient(Hidden);

        T cellGradient = TanhActivation.Backward(squashed, hiddenGradient * output) + slots.StateGradient(CellState);
        T depthGradient = SigmoidActivation.Backward(depth, cellGradient * below);

        GateTerms.SetGradient<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Input, SigmoidActivation.Backward(input, cellGradient * cell));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Forget, SigmoidActivation.Backward(forget, cellGradient * carried));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Cell, TanhActivation.Backward(cell, cellGradient * input));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)DepthGatedLstmGate.Output, SigmoidActivation.Backward(output, hiddenGradient * squashed));
        slots.SetInputGradient((int)DepthGatedLstmGate.Depth, depthGradient);
        slots.SetInputGradient(Below, T.MultiplyAdd(cellGradient, depth, depthGradient * belowWeight));
        slots.AddStateGradient(CellState, T.MultiplyAdd(cellGradient, forget, depthGradient * carriedWeight));
        slots.AddParameterGradient(CarriedWeight, depthGradient * carried);
        slots.AddParameterGradient(BelowWeight, depthGradient * below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Depth<T>(T input, T carriedWeight, T carried, T belowWeight, T below)
        where T : struct, IReal<T> =>
        T.Sigmoid(T.MultiplyAdd(belowWeight, below, T.MultiplyAdd(carriedWeight, carried, input)));
}
