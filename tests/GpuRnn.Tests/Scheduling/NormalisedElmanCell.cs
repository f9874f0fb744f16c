using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

/// <summary>An Elman cell whose pre-activation is normalised over the units of a row (layer norm) or over the rows of the batch.</summary>
/// <remarks>
/// a = W x_t + b + U h_(t−1) + b'; d = a − m·Σa; h_t = tanh(gain · d / √(m·Σd² + ε)), both sums over the axis, m a learned vector that
/// stands for 1/n so that the cell needs no count. Source: Ba, Kiros and Hinton (2016), equation 4.
/// </remarks>
internal sealed class NormalisedElmanCell(ReductionAxis axis) : Cell
{
    private const float Epsilon = 0.01f;

    public override string Name => "normalised-elman";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        int sumWidth = axis == ReductionAxis.Row ? 1 : hiddenSize;
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            [
                new StepValue("a", hiddenSize),
                new StepValue("sum", sumWidth),
                new StepValue("d", hiddenSize),
                new StepValue("d²", hiddenSize),
                new StepValue("sum of squares", sumWidth),
            ],
            [new StepParameter("mean_factor", hiddenSize), new StepParameter("gain", hiddenSize)],
            [
                InputProduct(1, inputSize, hiddenSize),
                RecurrentProduct(1, hiddenSize, 0),
                new PointwiseNode("sum of products", typeof(AddNode), hiddenSize, [], [0]),
                new ReductionNode("sum", axis, 0, 1, hiddenSize),
                new PointwiseNode("centre", typeof(CentreNode), hiddenSize, [], [2, 3]),
                new ReductionNode("sum of squares", axis, 3, 4, hiddenSize),
                new PointwiseNode("scale", typeof(ScaleNode), hiddenSize, [0], []),
            ],
            0);
    }

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return
        [
            .. GatedParameters(1, inputSize, hiddenSize),
            new CellParameter("mean_factor", [hiddenSize], hiddenSize),
            new CellParameter("gain", [hiddenSize], hiddenSize),
        ];
    }

    internal readonly struct AddNode : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetValue(0, slots.Input(0) + slots.Product(0));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            slots.SetInputGradient(0, slots.ValueGradient(0));
            slots.SetProductGradient(0, slots.ValueGradient(0));
        }
    }

    internal readonly struct CentreNode : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T centred = slots.Value(0) - (slots.Parameter(0) * slots.Value(1));
            slots.SetValue(2, centred);
            slots.SetValue(3, centred * centred);
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T squareGradient = slots.ValueGradient(3) * slots.Value(2);
            T gradient = slots.ValueGradient(2) + squareGradient + squareGradient;
            slots.AddValueGradient(0, gradient);
            slots.AddValueGradient(1, -(gradient * slots.Parameter(0)));
            slots.AddParameterGradient(0, -(gradient * slots.Value(1)));
        }
    }

    internal readonly struct ScaleNode : IStepNode
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetState(0, T.Tanh(slots.Parameter(1) * slots.Value(2) * Scale(slots.Parameter(0), slots.Value(4))));
        }

        public static void Backward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepGradientSlots<T>
        {
            T scale = Scale(slots.Parameter(0), slots.Value(4));
            T gradient = TanhActivation.Backward(slots.NextState(0), slots.StateGradient(0));
            T varianceGradient = T.Constant(-0.5f) * gradient * slots.Parameter(1) * slots.Value(2) * scale * scale * scale;
            slots.AddValueGradient(2, gradient * slots.Parameter(1) * scale);
            slots.AddValueGradient(4, varianceGradient * slots.Parameter(0));
            slots.AddParameterGradient(0, varianceGradient * slots.Value(4));
            slots.AddParameterGradient(1, gradient * slots.Value(2) * scale);
        }

        private static T Scale<T>(T meanFactor, T sum)
            where T : struct, IReal<T>
        {
            return T.One / T.Sqrt((meanFactor * sum) + T.Constant(Epsilon));
        }
    }
}
