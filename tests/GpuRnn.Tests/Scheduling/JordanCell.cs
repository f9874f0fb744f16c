using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

/// <summary>Jordan's network: the output, of another width than the hidden layer, is what comes back.</summary>
/// <remarks>
/// h_t = σ(W x_t + b + U y_(t−1)); y_t = W_y h_t + b_y. Source: Jordan (1986), "Serial order: a parallel distributed processing
/// approach". The output size is hiddenSize − 2.
/// </remarks>
internal sealed class JordanCell : Cell
{
    public override string Name => "jordan";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        int outputSize = OutputSize(hiddenSize);
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("y", outputSize)],
            [new StepValue("h", hiddenSize)],
            [],
            [
                InputProduct(1, inputSize, hiddenSize),
                new ProductNode("feedback", StepSource.PreviousState(0), "weight_yh", null, 0, 1, hiddenSize, outputSize, 0)
                {
                    TiedToInputSlot = 0,
                },
                new PointwiseNode("hidden", typeof(HiddenNode), hiddenSize, [], [0]),
                new ProductNode("output", StepSource.Value(0), "weight_hy", "bias_hy", 0, 1, outputSize, hiddenSize, 1),
                new PointwiseNode("copy", typeof(OutputNode), outputSize, [0], []),
            ],
            0);
    }

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        int outputSize = OutputSize(hiddenSize);
        return
        [
            new CellParameter("weight_ih", [hiddenSize, inputSize], inputSize),
            new CellParameter("bias_ih", [hiddenSize], inputSize),
            new CellParameter("weight_yh", [hiddenSize, outputSize], outputSize),
            new CellParameter("weight_hy", [outputSize, hiddenSize], hiddenSize),
            new CellParameter("bias_hy", [outputSize], hiddenSize),
        ];
    }

    private static int OutputSize(int hiddenSize)
    {
        return hiddenSize - 2;
    }

    internal readonly struct HiddenNode : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetValue(0, T.Sigmoid(slots.Input(0) + slots.Product(0)));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T gradient = SigmoidActivation.Backward(slots.Value(0), slots.ValueGradient(0));
            slots.SetInputGradient(0, gradient);
            slots.SetProductGradient(0, gradient);
        }
    }

    internal readonly struct OutputNode : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetState(0, slots.Product(1));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            slots.SetProductGradient(1, slots.StateGradient(0));
        }
    }
}
