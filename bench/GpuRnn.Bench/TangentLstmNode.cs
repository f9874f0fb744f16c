using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Bench;

/// <summary>The LSTM whose backward pass runs the forward pass once for each slot that it reads, on tangents.</summary>
/// <remarks>
/// It keeps the four products, which a backward pass cannot read. A general one would also run for each product; here these are taken to be the
/// inputs', so that five runs are the least that this way can cost.
/// </remarks>
internal readonly struct TangentLstmNode : IStepNode
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T product0 = slots.Product(0);
        T product1 = slots.Product(1);
        T product2 = slots.Product(2);
        T product3 = slots.Product(3);
        T cellState = T.MultiplyAdd(
            T.Sigmoid(slots.Input(1) + product1), slots.State(1), T.Sigmoid(slots.Input(0) + product0) * T.Tanh(slots.Input(2) + product2));
        T output = T.Sigmoid(slots.Input(3) + product3);
        slots.SetValue(0, product0);
        slots.SetValue(1, product1);
        slots.SetValue(2, product2);
        slots.SetValue(3, product3);
        slots.SetState(1, cellState);
        slots.SetState(0, output * T.Tanh(cellState));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T gate0 = Along<T, TSlots>(ref slots, T.One, T.Zero, T.Zero, T.Zero, T.Zero);
        T gate1 = Along<T, TSlots>(ref slots, T.Zero, T.One, T.Zero, T.Zero, T.Zero);
        T gate2 = Along<T, TSlots>(ref slots, T.Zero, T.Zero, T.One, T.Zero, T.Zero);
        T gate3 = Along<T, TSlots>(ref slots, T.Zero, T.Zero, T.Zero, T.One, T.Zero);
        slots.AddStateGradient(1, Along<T, TSlots>(ref slots, T.Zero, T.Zero, T.Zero, T.Zero, T.One));
        slots.SetInputGradient(0, gate0);
        slots.SetProductGradient(0, gate0);
        slots.SetInputGradient(1, gate1);
        slots.SetProductGradient(1, gate1);
        slots.SetInputGradient(2, gate2);
        slots.SetProductGradient(2, gate2);
        slots.SetInputGradient(3, gate3);
        slots.SetProductGradient(3, gate3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Along<T, TSlots>(ref TSlots slots, T first, T second, T third, T fourth, T state)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        Tangent<T> input = Tangent<T>.Sigmoid(new(slots.Input(0) + slots.Value(0), first));
        Tangent<T> forget = Tangent<T>.Sigmoid(new(slots.Input(1) + slots.Value(1), second));
        Tangent<T> cell = Tangent<T>.Tanh(new(slots.Input(2) + slots.Value(2), third));
        Tangent<T> output = Tangent<T>.Sigmoid(new(slots.Input(3) + slots.Value(3), fourth));
        Tangent<T> cellState = (forget * new Tangent<T>(slots.State(1), state)) + (input * cell);
        Tangent<T> hidden = output * Tangent<T>.Tanh(cellState);
        return T.MultiplyAdd(hidden.Slope, slots.StateGradient(0), cellState.Slope * slots.StateGradient(1));
    }
}
