using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling.Persistent;

/// <summary>The LSTM that takes in what it forgets: i = 1 − f, so three gates f, g, o.</summary>
/// <remarks>c_t = f c_(t−1) + (1 − f) g; h_t = o tanh(c_t). Source: Greff et al. (2017), "LSTM: a search space odyssey", variant CIFG.</remarks>
internal sealed class CoupledLstmCell : Cell
{
    public override string Name => "coupled-lstm";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize) => new(
        Name,
        [inputSize],
        [new StepState("h", hiddenSize), new StepState("c", hiddenSize)],
        [.. new[] { "f", "g", "o" }.Select(gate => new StepValue(gate, hiddenSize))],
        [],
        [
            InputProduct(3, inputSize, hiddenSize),
            RecurrentProduct(3, hiddenSize, 0),
            new PointwiseNode("gates and state", typeof(Node), hiddenSize, [0, 1], [0, 1, 2]),
        ],
        0);

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize) => GatedParameters(3, inputSize, hiddenSize);

    internal readonly struct Node : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T forget = T.Sigmoid(slots.Input(0) + slots.Product(0));
            T candidate = T.Tanh(slots.Input(1) + slots.Product(1));
            T output = T.Sigmoid(slots.Input(2) + slots.Product(2));
            T cellState = T.MultiplyAdd(forget, slots.State(1) - candidate, candidate);
            slots.SetValue(0, forget);
            slots.SetValue(1, candidate);
            slots.SetValue(2, output);
            slots.SetState(1, cellState);
            slots.SetState(0, output * T.Tanh(cellState));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T forget = slots.Value(0);
            T candidate = slots.Value(1);
            T squashed = T.Tanh(slots.NextState(1));
            T gradient = TanhActivation.Backward(squashed, slots.StateGradient(0) * slots.Value(2)) + slots.StateGradient(1);
            Set<T, TSlots>(ref slots, 0, SigmoidActivation.Backward(forget, gradient * (slots.State(1) - candidate)));
            Set<T, TSlots>(ref slots, 1, TanhActivation.Backward(candidate, gradient * (T.One - forget)));
            Set<T, TSlots>(ref slots, 2, SigmoidActivation.Backward(slots.Value(2), slots.StateGradient(0) * squashed));
            slots.AddStateGradient(1, gradient * forget);
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
