using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The elementwise part of one LSTM time step, after its matrix products.</summary>
/// <remarks>
/// <para>With a_k = (W_ih x_t + b_ih)_k + (W_hh h_(t−1) + b_hh)_k for the gates k = i, f, g, o of <see cref="LstmGate"/>:</para>
/// <para>i = σ(a_i), f = σ(a_f), g = tanh(a_g), o = σ(a_o); c_t = f c_(t−1) + i g; h_t = o tanh(c_t).</para>
/// <para>
/// Source: Hochreiter and Schmidhuber (1997) with the forget gate of Gers, Schmidhuber and Cummins (2000), without peepholes: the cell of
/// PyTorch and cuDNN. Slots: inputs, products and values 0..3 = the gates, activated in the values; state 0 = h, state 1 = c.
/// </para>
/// <para>
/// Backward: dc = dL/dc_t + dL/dh_t · o (1 − tanh²c_t); di = dc g, df = dc c_(t−1), dg = dc i, do = dL/dh_t · tanh c_t, each times its
/// activation's derivative; dL/dc_(t−1) = dc f. tanh c_t is computed again: cheaper than keeping it.
/// </para>
/// </remarks>
public readonly struct LstmNode : IStepNode
{
    private const int Hidden = 0;
    private const int CellState = 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T input = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Input));
        T forget = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Forget));
        T cell = T.Tanh(GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Cell));
        T output = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Output));

        T cellState = T.MultiplyAdd(forget, slots.State(CellState), input * cell);

        slots.SetValue((int)LstmGate.Input, input);
        slots.SetValue((int)LstmGate.Forget, forget);
        slots.SetValue((int)LstmGate.Cell, cell);
        slots.SetValue((int)LstmGate.Output, output);
        slots.SetState(CellState, cellState);
        slots.SetState(Hidden, output * T.Tanh(cellState));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T input = slots.Value((int)LstmGate.Input);
        T forget = slots.Value((int)LstmGate.Forget);
        T cell = slots.Value((int)LstmGate.Cell);
        T output = slots.Value((int)LstmGate.Output);
        T squashed = T.Tanh(slots.NextState(CellState));
        T hiddenGradient = slots.StateGradient(Hidden);

        T cellGradient = TanhActivation.Backward(squashed, hiddenGradient * output) + slots.StateGradient(CellState);

        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Input, SigmoidActivation.Backward(input, cellGradient * cell));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Forget, SigmoidActivation.Backward(forget, cellGradient * slots.State(CellState)));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Cell, TanhActivation.Backward(cell, cellGradient * input));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Output, SigmoidActivation.Backward(output, hiddenGradient * squashed));
        slots.AddStateGradient(CellState, cellGradient * forget);
    }
}
