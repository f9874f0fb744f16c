using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>The first part of <see cref="LstmNode"/>, up to c_t; <see cref="LstmOutputNode"/> makes h_t of what became of c_t.</summary>
/// <remarks>
/// Formula and slots: <see cref="LstmNode"/>; it writes the values 0..3 and state 1. Backward: the output gate's gradient arrives as that of its value,
/// all others as there.
/// </remarks>
public readonly struct LstmStateNode : IAmendingNode
{
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

        slots.SetValue((int)LstmGate.Input, input);
        slots.SetValue((int)LstmGate.Forget, forget);
        slots.SetValue((int)LstmGate.Cell, cell);
        slots.SetValue((int)LstmGate.Output, output);
        slots.SetState(CellState, T.MultiplyAdd(forget, slots.State(CellState), input * cell));
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
        T cellGradient = slots.StateGradient(CellState);

        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Input, SigmoidActivation.Backward(input, cellGradient * cell));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Forget, SigmoidActivation.Backward(forget, cellGradient * slots.State(CellState)));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Cell, TanhActivation.Backward(cell, cellGradient * input));
        GateTerms.SetGradient<T, TSlots>(ref slots, (int)LstmGate.Output, SigmoidActivation.Backward(output, slots.ValueGradient((int)LstmGate.Output)));
        slots.AddStateGradient(CellState, cellGradient * forget);
    }
}
