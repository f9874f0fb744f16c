using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>A test cell with a learned per-unit vector: h_t = tanh(W x_t + U h_(t−1) + p ∘ h_(t−1)).</summary>
internal readonly struct PeepholeNode : IStepNode
{
    public static StepGraph Graph(int inputSize, int hiddenSize) => new(
        "peephole test",
        [inputSize],
        [new StepState("h", hiddenSize)],
        [],
        [new StepParameter("weight_ph", hiddenSize)],
        [
            new ProductNode("input", StepSource.Input, "weight_ih", "bias_ih", 0, 1, hiddenSize, inputSize, 0),
            new ProductNode("recurrent", StepSource.PreviousState(0), "weight_hh", null, 0, 1, hiddenSize, hiddenSize, 0),
            new PointwiseNode("state", typeof(PeepholeNode), hiddenSize, [0], []),
        ],
        0);

    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T sum = slots.Input(0) + slots.Product(0);
        slots.SetState(0, T.Tanh(T.MultiplyAdd(slots.Parameter(0), slots.State(0), sum)));
    }

    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T state = slots.NextState(0);
        T gradient = slots.StateGradient(0) * (T.One - (state * state));
        slots.SetInputGradient(0, gradient);
        slots.SetProductGradient(0, gradient);
        slots.AddStateGradient(0, gradient * slots.Parameter(0));
        slots.AddParameterGradient(0, gradient * slots.State(0));
    }
}
