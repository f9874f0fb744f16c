using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The elementwise part of one time step of an LSTM whose gates look at the cell state.</summary>
/// <remarks>
/// <para>With a_k as in <see cref="LstmNode"/> and a vector w_k for each of the gates i, f and o:</para>
/// <para>
/// i = σ(a_i + w_i c_(t−1)), f = σ(a_f + w_f c_(t−1)), g = tanh(a_g); c_t = f c_(t−1) + i g; o = σ(a_o + w_o c_t); h_t = o tanh(c_t).
/// </para>
/// <para>
/// Source: Gers and Schmidhuber (2000), "Recurrent nets that time and count", with peepholes from a unit's own cell alone (diagonal), as ONNX
/// has them. Slots: those of <see cref="LstmNode"/>; parameters 0..2 = w_i, w_f, w_o.
/// </para>
/// <para>
/// Backward: do is known before dc, since o reads c_t: dc = dL/dc_t + dL/dh_t · o (1 − tanh²c_t) + do w_o. The rest is the LSTM's, and
/// dL/dc_(t−1) = dc f + di w_i + df w_f.
/// </para>
/// </remarks>
public readonly struct PeepholeLstmNode : IStepNode
{
    private const int Hidden = 0;
    private const int CellState = 1;
    private const int InputPeephole = 0;
    private const int ForgetPeephole = 1;
    private const int OutputPeephole = 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T previous = slots.State(CellState);
        T input = T.Sigmoid(T.MultiplyAdd(slots.Parameter(InputPeephole), previous, GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Input)));
        T forget = T.Sigmoid(T.MultiplyAdd(slots.Parameter(ForgetPeephole), previous, GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Forget)));
        T cell = T.Tanh(GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Cell));
        T cellState = T.MultiplyAdd(forget, previous, input * cell);
        T output = T.Sigmoid(T.MultiplyAdd(slots.Parameter(OutputPeephole), cellState, GateTerms.Sum<T, TSlots>(ref slots, (int)LstmGate.Output)));

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
        T previous = slots.State(CellState);
        T cellState = slots.NextState(CellState);
        T squashed = T.Tanh(cellState);
        T hiddenGradient = slots.StateGradient(Hidden);

        T outputGradient = SigmoidActivation.Backward(output, hiddenGradient * squashed);
        T cellGradient = T.MultiplyAdd(
            outputGradient, slots.Parameter(OutputPeephole), TanhActivation.Backward(squashed, hiddenGradient * output) + slots.StateGradient(CellState));
        T inputGradient = SigmoidActivation.Backward(input, cellGradient * cell);
        T forgetGradient = SigmoidActivation.Backward(forget, cellGradient * previous);

        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Input, inputGradient);
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Forget, forgetGradient);
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Cell, TanhActivation.Backward(cell, cellGradient * input));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Output, outputGradient);
        slots.AddStateGradient(
            CellState,
            T.MultiplyAdd(
                inputGradient, slots.Parameter(InputPeephole), T.MultiplyAdd(forgetGradient, slots.Parameter(ForgetPeephole), cellGradient * forget)));
        slots.AddParameterGradient(InputPeephole, inputGradient * previous);
        slots.AddParameterGradient(ForgetPeephole, forgetGradient * previous);
        slots.AddParameterGradient(OutputPeephole, outputGradient * cellState);
    }
}
