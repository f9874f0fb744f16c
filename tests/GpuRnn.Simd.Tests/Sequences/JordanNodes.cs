using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>A Jordan network (Jordan 1986) whose hidden layer is a state too: its output product reads a state of the same step.</summary>
internal static class JordanNodes
{
    public static StepGraph Graph(int inputSize, int hiddenSize, int outputSize) => new(
        "jordan test",
        [inputSize],
        [new StepState("h", hiddenSize), new StepState("y", outputSize)],
        [],
        [],
        [
            new ProductNode("input", StepSource.Input, "weight_ih", "bias_ih", 0, 1, hiddenSize, inputSize, 0),
            new ProductNode("feedback", StepSource.PreviousState(1), "weight_yh", null, 0, 1, hiddenSize, outputSize, 0),
            new PointwiseNode("hidden", typeof(Hidden), hiddenSize, [0], []),
            new ProductNode("output", StepSource.CurrentState(0), "weight_hy", "bias_hy", 0, 1, outputSize, hiddenSize, 1),
            new PointwiseNode("copy", typeof(Output), outputSize, [1], []),
        ],
        1);

    internal readonly struct Hidden : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T> => slots.SetState(0, T.Sigmoid(slots.Input(0) + slots.Product(0)));

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T state = slots.NextState(0);
            T gradient = slots.StateGradient(0) * state * (T.One - state);
            slots.SetInputGradient(0, gradient);
            slots.SetProductGradient(0, gradient);
        }
    }

    internal readonly struct Output : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T> => slots.SetState(1, slots.Product(1));

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T> => slots.SetProductGradient(1, slots.StateGradient(1));
    }
}
