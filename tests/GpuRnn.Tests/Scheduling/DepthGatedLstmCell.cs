using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

/// <summary>An LSTM whose cell state also takes that of the layer below, through a gate of its own.</summary>
/// <remarks>
/// With b_t the cell state of the layer below (zero below the first layer) and i, f, g, o as in the LSTM without peepholes:
/// d = σ((W_d x_t + b_d) + w_c c_(t−1) + w_b b_t); c_t = d b_t + f c_(t−1) + i g; h_t = o tanh(c_t). The vectors w_c and w_b act unit
/// by unit. Source: Yao, Cohn, Vylomova, Duh and Dyer (2015), "Depth-Gated LSTM" (arXiv 1508.03790).
/// </remarks>
internal sealed class DepthGatedLstmCell : Cell
{
    public override string Name => "depth-gated-lstm";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return new StepGraph(
            Name,
            [inputSize, hiddenSize, hiddenSize],
            [new StepState("h", hiddenSize), new StepState("c", hiddenSize)],
            [.. new[] { "i", "f", "g", "o", "d" }.Select(gate => new StepValue(gate, hiddenSize))],
            [new StepParameter("weight_cd", hiddenSize), new StepParameter("weight_bd", hiddenSize)],
            [
                InputProduct(5, inputSize, hiddenSize),
                new SequenceNode("c below", StepSource.StateBelow(1), hiddenSize, 5),
                RecurrentProduct(4, hiddenSize, 0),
                new PointwiseNode("gates and state", typeof(Node), hiddenSize, [0, 1], [0, 1, 2, 3, 4]),
            ],
            0);
    }

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return
        [
            new CellParameter("weight_ih", [5 * hiddenSize, inputSize], hiddenSize),
            new CellParameter("bias_ih", [5 * hiddenSize], hiddenSize),
            new CellParameter("weight_hh", [4 * hiddenSize, hiddenSize], hiddenSize),
            new CellParameter("bias_hh", [4 * hiddenSize], hiddenSize),
            new CellParameter("weight_cd", [hiddenSize], hiddenSize),
            new CellParameter("weight_bd", [hiddenSize], hiddenSize),
        ];
    }

    internal readonly struct Node : IStepNode
    {
        private const int DepthGate = 4;
        private const int Below = 5;

        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T input = T.Sigmoid(slots.Input(0) + slots.Product(0));
            T forget = T.Sigmoid(slots.Input(1) + slots.Product(1));
            T candidate = T.Tanh(slots.Input(2) + slots.Product(2));
            T output = T.Sigmoid(slots.Input(3) + slots.Product(3));
            T carried = slots.State(1);
            T below = slots.Input(Below);
            T depth = T.Sigmoid(slots.Input(DepthGate) + (slots.Parameter(0) * carried) + (slots.Parameter(1) * below));
            T cellState = (depth * below) + (forget * carried) + (input * candidate);
            slots.SetValue(0, input);
            slots.SetValue(1, forget);
            slots.SetValue(2, candidate);
            slots.SetValue(3, output);
            slots.SetValue(DepthGate, depth);
            slots.SetState(1, cellState);
            slots.SetState(0, output * T.Tanh(cellState));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T depth = slots.Value(DepthGate);
            T carried = slots.State(1);
            T below = slots.Input(Below);
            T squashed = T.Tanh(slots.NextState(1));
            T gradient = TanhActivation.Backward(squashed, slots.StateGradient(0) * slots.Value(3)) + slots.StateGradient(1);
            Set<T, TSlots>(ref slots, 0, SigmoidActivation.Backward(slots.Value(0), gradient * slots.Value(2)));
            Set<T, TSlots>(ref slots, 1, SigmoidActivation.Backward(slots.Value(1), gradient * carried));
            Set<T, TSlots>(ref slots, 2, TanhActivation.Backward(slots.Value(2), gradient * slots.Value(0)));
            Set<T, TSlots>(ref slots, 3, SigmoidActivation.Backward(slots.Value(3), slots.StateGradient(0) * squashed));
            T depthGradient = SigmoidActivation.Backward(depth, gradient * below);
            slots.SetInputGradient(DepthGate, depthGradient);
            slots.SetInputGradient(Below, (gradient * depth) + (depthGradient * slots.Parameter(1)));
            slots.AddStateGradient(1, (gradient * slots.Value(1)) + (depthGradient * slots.Parameter(0)));
            slots.AddParameterGradient(0, depthGradient * carried);
            slots.AddParameterGradient(1, depthGradient * below);
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
