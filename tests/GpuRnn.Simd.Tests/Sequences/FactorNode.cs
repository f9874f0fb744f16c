using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>A test cell whose gradient needs its input's product again: h_t = (W x_t) ∘ (U h_(t−1)).</summary>
internal readonly struct FactorNode : IStepNode
{
    public static StepGraph Graph(int inputSize, int hiddenSize) => new(
        "factor test",
        [inputSize],
        [new StepState("h", hiddenSize)],
        [new StepValue("product", hiddenSize)],
        [],
        [
            new ProductNode("input", StepSource.Input, "weight_ih", "bias_ih", 0, 1, hiddenSize, inputSize, 0),
            new ProductNode("recurrent", StepSource.PreviousState(0), "weight_hh", null, 0, 1, hiddenSize, hiddenSize, 0),
            new PointwiseNode("state", typeof(FactorNode), hiddenSize, [0], [0]),
        ],
        0);

    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        slots.SetValue(0, slots.Product(0));
        slots.SetState(0, slots.Input(0) * slots.Product(0));
    }

    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        slots.SetInputGradient(0, slots.StateGradient(0) * slots.Value(0));
        slots.SetProductGradient(0, slots.StateGradient(0) * slots.Input(0));
    }
}
