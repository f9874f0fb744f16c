using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>A test cell that reads a state of the layer below beside x: h_t = tanh(W x_t + V s_t) σ(U h_(t−1)).</summary>
internal readonly struct BelowStateNode : IStepNode
{
    public static StepGraph Graph(int inputSize, int hiddenSize) => new(
        "below-state test",
        [inputSize, hiddenSize + 2],
        [new StepState("h", hiddenSize)],
        [new StepValue("a", hiddenSize), new StepValue("g", hiddenSize)],
        [],
        [
            new ProductNode("input", StepSource.Input, "weight_ih", "bias_ih", 0, 1, hiddenSize, inputSize, 0),
            new ProductNode("below", StepSource.Sequence(1), "weight_sh", null, 0, 1, hiddenSize, hiddenSize + 2, 1),
            new ProductNode("recurrent", StepSource.PreviousState(0), "weight_hh", "bias_hh", 0, 1, hiddenSize, hiddenSize, 0),
            new PointwiseNode("state", typeof(BelowStateNode), hiddenSize, [0], [0, 1]),
        ],
        0);

    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T candidate = T.Tanh(slots.Input(0) + slots.Input(1));
        T gate = T.Sigmoid(slots.Product(0));
        slots.SetValue(0, candidate);
        slots.SetValue(1, gate);
        slots.SetState(0, candidate * gate);
    }

    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T candidate = slots.Value(0);
        T gate = slots.Value(1);
        T gradient = slots.StateGradient(0);
        T inputGradient = gradient * gate * (T.One - (candidate * candidate));
        slots.SetInputGradient(0, inputGradient);
        slots.SetInputGradient(1, inputGradient);
        slots.SetProductGradient(0, gradient * candidate * gate * (T.One - gate));
    }
}
