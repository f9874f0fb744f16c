using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Bench;

/// <summary>The LSTM as a user would write it: <see cref="LstmNode"/> without what it keeps and without its backward pass.</summary>
internal readonly struct LstmFunction : IStepFunction
{
    /// <inheritdoc/>
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T input = T.Sigmoid(slots.Input((int)LstmGate.Input) + slots.Product((int)LstmGate.Input));
        T forget = T.Sigmoid(slots.Input((int)LstmGate.Forget) + slots.Product((int)LstmGate.Forget));
        T cell = T.Tanh(slots.Input((int)LstmGate.Cell) + slots.Product((int)LstmGate.Cell));
        T output = T.Sigmoid(slots.Input((int)LstmGate.Output) + slots.Product((int)LstmGate.Output));
        slots.SetState(1, T.MultiplyAdd(forget, slots.State(1), input * cell));
        slots.SetState(0, output * T.Tanh(slots.NextState(1)));
    }
}
