using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

/// <summary>A cell that reads both states of the layer below in every way there is: through weights, as they are, and both at once.</summary>
/// <remarks>
/// With s', y' the states of the layer below (zero below the first layer):
/// s_t = tanh(W x_t + b + Y y'_t + S s'_t + U y_(t−1)) σ(s'_t); y_t = V s_t + ½ y'_t. The output is y, H − 2 wide, and is state 1.
/// </remarks>
internal sealed class StatesBelowCell : Cell
{
    public override string Name => "states-below";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        int outputSize = hiddenSize - 2;
        return new StepGraph(
            Name,
            [inputSize, hiddenSize, outputSize],
            [new StepState("s", hiddenSize), new StepState("y", outputSize)],
            [new StepValue("candidate", hiddenSize)],
            [],
            [
                InputProduct(1, inputSize, hiddenSize),
                new SequenceNode("s below", StepSource.StateBelow(0), hiddenSize, 1),
                new ProductNode("product of y below", StepSource.StateBelow(1), "weight_yb", null, 0, 1, hiddenSize, outputSize, 2),
                new ProductNode("product of s below", StepSource.StateBelow(0), "weight_sb", "bias_sb", 0, 1, hiddenSize, hiddenSize, 3),
                new SequenceNode("y below", StepSource.StateBelow(1), outputSize, 4),
                new ProductNode("feedback", StepSource.PreviousState(1), "weight_yh", null, 0, 1, hiddenSize, outputSize, 0)
                {
                    TiedToInputSlot = 0,
                },
                new PointwiseNode("s", typeof(HiddenNode), hiddenSize, [0], [0]),
                new ProductNode("output", StepSource.CurrentState(0), "weight_hy", null, 0, 1, outputSize, hiddenSize, 1),
                new PointwiseNode("y", typeof(OutputNode), outputSize, [1], []),
            ],
            1);
    }

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        int outputSize = hiddenSize - 2;
        return
        [
            new CellParameter("weight_ih", [hiddenSize, inputSize], hiddenSize),
            new CellParameter("bias_ih", [hiddenSize], hiddenSize),
            new CellParameter("weight_yb", [hiddenSize, outputSize], hiddenSize),
            new CellParameter("weight_sb", [hiddenSize, hiddenSize], hiddenSize),
            new CellParameter("bias_sb", [hiddenSize], hiddenSize),
            new CellParameter("weight_yh", [hiddenSize, outputSize], hiddenSize),
            new CellParameter("weight_hy", [outputSize, hiddenSize], hiddenSize),
        ];
    }

    internal readonly struct HiddenNode : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T candidate = T.Tanh(slots.Input(0) + slots.Input(2) + slots.Input(3) + slots.Product(0));
            slots.SetValue(0, candidate);
            slots.SetState(0, candidate * T.Sigmoid(slots.Input(1)));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T gate = T.Sigmoid(slots.Input(1));
            T gradient = TanhActivation.Backward(slots.Value(0), slots.StateGradient(0) * gate);
            slots.SetInputGradient(0, gradient);
            slots.SetInputGradient(1, SigmoidActivation.Backward(gate, slots.StateGradient(0) * slots.Value(0)));
            slots.SetInputGradient(2, gradient);
            slots.SetInputGradient(3, gradient);
            slots.SetProductGradient(0, gradient);
        }
    }

    internal readonly struct OutputNode : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetState(1, slots.Product(1) + (T.Constant(0.5f) * slots.Input(4)));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            slots.SetProductGradient(1, slots.StateGradient(1));
            slots.SetInputGradient(4, T.Constant(0.5f) * slots.StateGradient(1));
        }
    }
}
