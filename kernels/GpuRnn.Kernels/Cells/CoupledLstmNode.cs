using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The elementwise part of one time step of an LSTM that takes in exactly what it forgets: i = 1 − f.</summary>
/// <remarks>
/// <para>With a_k as in <see cref="LstmNode"/> for the gates k = f, g, o of <see cref="CoupledLstmGate"/>:</para>
/// <para>f = σ(a_f), g = tanh(a_g), o = σ(a_o); c_t = f c_(t−1) + (1 − f) g, computed as g + f (c_(t−1) − g); h_t = o tanh(c_t).</para>
/// <para>
/// Source: Greff, Srivastava, Koutník, Steunebrink and Schmidhuber (2017), "LSTM: a search space odyssey", variant CIFG without its
/// peepholes. Slots: inputs, products and values 0..2 = the gates, activated in the values; state 0 = h, state 1 = c.
/// </para>
/// <para>
/// Backward: dc as in the LSTM; df = dc (c_(t−1) − g), dg = dc (1 − f), do = dL/dh_t · tanh c_t, each times its activation's derivative;
/// dL/dc_(t−1) = dc f.
/// </para>
/// </remarks>
public readonly struct CoupledLstmNode : IStepNode
{
    private const int Hidden = 0;
    private const int CellState = 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T forget = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)CoupledLstmGate.Forget));
        T cell = T.Tanh(GateTerms.Sum<T, TSlots>(ref slots, (int)CoupledLstmGate.Cell));
        T output = T.Sigmoid(GateTerms.Sum<T, TSlots>(ref slots, (int)CoupledLstmGate.Output));

        T cellState = T.MultiplyAdd(forget, slots.State(CellState) - cell, cell);

        slots.SetValue((int)CoupledLstmGate.Forget, forget);
        slots.SetValue((int)CoupledLstmGate.Cell, cell);
        slots.SetValue((int)CoupledLstmGate.Output, output);
        slots.SetState(CellState, cellState);
        slots.SetState(Hidden, output * T.Tanh(cellState));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T forget = slots.Value((int)CoupledLstmGate.Forget);
        T cell = slots.Value((int)CoupledLstmGate.Cell);
        T output = slots.Value((int)CoupledLstmGate.Output);
        T squashed = T.Tanh(slots.NextState(CellState));
        T hiddenGradient = slots.StateGradient(Hidden);

        T cellGradient = TanhActivation.Backward(squashed, hiddenGradient * output) + slots.StateGradient(CellState);

        GateTerms.SetGradient<T, TSlots>(ref slots, (int)CoupledLstmGate.Forget, SigmoidActivation.Backward(forget, cellGradient * (slots.State(CellState) - cell)));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)CoupledLstmGate.Cell, TanhActivation.Backward(cell, cellGradient * (T.One - forget)));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)CoupledLstmGate.Output, SigmoidActivation.Backward(output, hiddenGradient * squashed));
        slots.AddStateGradient(CellState, cellGradient * forget);
    }
}
