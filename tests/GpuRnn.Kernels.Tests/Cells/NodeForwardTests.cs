using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Cells;

public sealed class NodeForwardTests
{
    private static readonly double[] s_inputs = [0.3, -0.7, 1.1, 0.2, 0, 0];
    private static readonly double[] s_products = [-0.5, 0.4, 0.6, 0.9, 0, 0];
    private static readonly double[] s_states = [0.8, -1.2, 0, 0, 0, 0];

    [Theory]
    [InlineData(typeof(TanhActivation), -0.7, -0.60436777711716361)]
    [InlineData(typeof(SigmoidActivation), -0.7, 0.33181222783183389)]
    [InlineData(typeof(IdentityActivation), -0.7, -0.7)]
    [InlineData(typeof(ReluActivation), -0.7, 0.0)]
    [InlineData(typeof(ReluActivation), 0.7, 0.7)]
    [InlineData(typeof(LeakyReluActivation), -0.7, -0.7 * 0.01f)]
    [InlineData(typeof(LeakyReluActivation), 0.7, 0.7)]
    [InlineData(typeof(ReluActivation), double.NaN, double.NaN)]
    [InlineData(typeof(LeakyReluActivation), double.NaN, double.NaN)]
    public void Forward_Elman_AppliesTheActivationToTheSum(Type activation, double sum, double expected)
    {
        UnitSlots slots = new() { Inputs = [sum - 0.25], Products = [0.25] };
        Invoke(typeof(ElmanNode<>).MakeGenericType(activation), ref slots);
        ElementwiseAssert.Close([expected], [slots.NextStates[0]], Tolerances.Double(2), "h");
    }

    [Fact]
    public void Forward_Lstm_FollowsTheWrittenFormula()
    {
        UnitSlots slots = RunLstm(s_inputs, s_products);
        (double h, double c) = LstmFormula(s_inputs, s_products);
        ElementwiseAssert.Close([h, c], [slots.NextStates[0], slots.NextStates[1]], Tolerances.Double(2), "h and c");
        ElementwiseAssert.Close(
            [Sigmoid(-0.2), Sigmoid(-0.3), Math.Tanh(1.7), Sigmoid(1.1)],
            slots.Values.AsSpan(0, 4),
            Tolerances.Double(2),
            "gates in the order i f g o");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    public void Forward_LstmWithTwoGatesSwapped_GivesAnotherResult(int first, int second)
    {
        UnitSlots swapped = RunLstm(Swap(s_inputs, first, second), Swap(s_products, first, second));
        (double h, double c) = LstmFormula(s_inputs, s_products);
        Assert.True(Math.Abs(swapped.NextStates[0] - h) > 1e-3 || Math.Abs(swapped.NextStates[1] - c) > 1e-3);
    }

    [Fact]
    public void Forward_Gru_FollowsTheWrittenFormula()
    {
        UnitSlots slots = new() { Inputs = s_inputs, Products = s_products, States = s_states };
        GruNode.Forward<F64, UnitSlots>(ref slots);

        double r = Sigmoid(s_inputs[0] + s_products[0]);
        double z = Sigmoid(s_inputs[1] + s_products[1]);
        double n = Math.Tanh(s_inputs[2] + (r * s_products[2]));
        double h = ((1.0 - z) * n) + (z * s_states[0]);
        ElementwiseAssert.Close([h], [slots.NextStates[0]], Tolerances.Double(2), "h");
        ElementwiseAssert.Close([r, z, n, s_products[2]], slots.Values.AsSpan(0, 4), Tolerances.Double(2), "r z n and the product of n");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    public void Forward_GruWithTwoGatesSwapped_GivesAnotherResult(int first, int second)
    {
        UnitSlots right = new() { Inputs = s_inputs, Products = s_products, States = s_states };
        UnitSlots swapped = new() { Inputs = Swap(s_inputs, first, second), Products = Swap(s_products, first, second), States = s_states };
        GruNode.Forward<F64, UnitSlots>(ref right);
        GruNode.Forward<F64, UnitSlots>(ref swapped);
        Assert.True(Math.Abs(swapped.NextStates[0] - right.NextStates[0]) > 1e-3);
    }

    [Fact]
    public void Forward_GruResetBefore_FollowsTheWrittenFormula()
    {
        UnitSlots slots = new() { Inputs = s_inputs, Products = [.. s_products], States = s_states };
        GruGateNode.Forward<F64, UnitSlots>(ref slots);

        double r = Sigmoid(s_inputs[0] + s_products[0]);
        double z = Sigmoid(s_inputs[1] + s_products[1]);
        ElementwiseAssert.Close([r, z, r * s_states[0]], slots.Values.AsSpan(0, 3), Tolerances.Double(2), "r z and r h");

        // The executor would now compute the product that reads r h; here it is that very number.
        slots.Products[2] = slots.Values[2];
        GruCandidateNode.Forward<F64, UnitSlots>(ref slots);
        double n = Math.Tanh(s_inputs[2] + (r * s_states[0]));
        ElementwiseAssert.Close([n], [slots.Values[3]], Tolerances.Double(2), "n");
        ElementwiseAssert.Close([((1.0 - z) * n) + (z * s_states[0])], [slots.NextStates[0]], Tolerances.Double(2), "h");
    }

    private static UnitSlots RunLstm(double[] inputs, double[] products)
    {
        UnitSlots slots = new() { Inputs = inputs, Products = products, States = s_states };
        LstmNode.Forward<F64, UnitSlots>(ref slots);
        return slots;
    }

    private static (double Hidden, double Cell) LstmFormula(double[] inputs, double[] products)
    {
        double i = Sigmoid(inputs[0] + products[0]);
        double f = Sigmoid(inputs[1] + products[1]);
        double g = Math.Tanh(inputs[2] + products[2]);
        double o = Sigmoid(inputs[3] + products[3]);
        double c = (f * s_states[1]) + (i * g);
        return (o * Math.Tanh(c), c);
    }

    private static double Sigmoid(double x) => 1.0 / (1.0 + Math.Exp(-x));

    private static double[] Swap(double[] values, int first, int second)
    {
        double[] swapped = [.. values];
        (swapped[first], swapped[second]) = (values[second], values[first]);
        return swapped;
    }

    private static void Invoke(Type node, ref UnitSlots slots)
    {
        object[] arguments = [slots];
        node.GetMethod("Forward")!.MakeGenericMethod(typeof(F64), typeof(UnitSlots)).Invoke(null, arguments);
        slots = (UnitSlots)arguments[0];
    }
}
