using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling.Persistent;

/// <summary>The LSTM whose gates look at the cell state: those of input and forget at c_(t−1), that of output at c_t.</summary>
/// <remarks>
/// i = σ(a_i + w_i c_(t−1)), f = σ(a_f + w_f c_(t−1)), g = tanh(a_g), c_t = f c_(t−1) + i g, o = σ(a_o + w_o c_t), h_t = o tanh(c_t). Source: Gers,
/// Schraudolph and Schmidhuber (2002), "Learning precise timing with LSTM recurrent networks".
/// </remarks>
internal sealed class PeepholeLstmCell : Cell
{
    public override string Name => "peephole-lstm";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize) => new(
        Name,
        [inputSize],
        [new StepState("h", hiddenSize), new StepState("c", hiddenSize)],
        [.. new[] { "i", "f", "g", "o" }.Select(gate => new StepValue(gate, hiddenSize))],
        [new StepParameter("weight_ci", hiddenSize), new StepParameter("weight_cf", hiddenSize), new StepParameter("weight_co", hiddenSize)],
        [
            InputProduct(4, inputSize, hiddenSize),
            RecurrentProduct(4, hiddenSize, 0),
            new PointwiseNode("gates and state", typeof(Node), hiddenSize, [0, 1], [0, 1, 2, 3]),
        ],
        0);

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize) =>
    [
        .. GatedParameters(4, inputSize, hiddenSize),
        new CellParameter("weight_ci", [hiddenSize], hiddenSize),
        new CellParameter("weight_cf", [hiddenSize], hiddenSize),
        new CellParameter("weight_co", [hiddenSize], hiddenSize),
    ];

    internal readonly struct Node : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T carried = slots.State(1);
            T input = T.Sigmoid(T.MultiplyAdd(slots.Parameter(0), carried, slots.Input(0) + slots.Product(0)));
            T forget = T.Sigmoid(T.MultiplyAdd(slots.Parameter(1), carried, slots.Input(1) + slots.Product(1)));
            T candidate = T.Tanh(slots.Input(2) + slots.Product(2));
            T cellState = T.MultiplyAdd(forget, carried, input * candidate);
            T output = T.Sigmoid(T.MultiplyAdd(slots.Parameter(2), cellState, slots.Input(3) + slots.Product(3)));
            slots.SetValue(0, input);
            slots.SetValue(1, forget);
            slots.SetValue(2, candidate);
            slots.SetValue(3, output);
            slots.SetState(1, cellState);
            slots.SetState(0, output * T.Tanh(cellState));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T carried = slots.State(1);
            T cellState = slots.NextState(1);
            T squashed = T.Tanh(cellState);
            T output = SigmoidActivation.Backward(slots.Value(3), slots.StateGradient(0) * squashed);
            T gradient = TanhActivation.Backward(squashed, slots.StateGradient(0) * slots.Value(3))
                + slots.StateGradient(1) + (output * slots.Parameter(2));
            T input = SigmoidActivation.Backward(slots.Value(0), gradient * slots.Value(2));
            T forget = SigmoidActivation.Backward(slots.Value(1), gradient * carried);
            Set<T, TSlots>(ref slots, 0, input);
            Set<T, TSlots>(ref slots, 1, forget);
            Set<T, TSlots>(ref slots, 2, TanhActivation.Backward(slots.Value(2), gradient * slots.Value(0)));
            Set<T, TSlots>(ref slots, 3, output);
            slots.AddStateGradient(1, (gradient * slots.Value(1)) + (input * slots.Parameter(0)) + (forget * slots.Parameter(1)));
            slots.AddParameterGradient(0, input * carried);
            slots.AddParameterGradient(1, forget * carried);
            slots.AddParameterGradient(2, output * cellState);
        }

        private static void Set<T, TSlots>(ref TSlots slots, int gate, T gradient)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            slots.SetInputGradient(gate, gradient);
            slots.SetProductGradient(gate, gradient);
        }
    }
}
