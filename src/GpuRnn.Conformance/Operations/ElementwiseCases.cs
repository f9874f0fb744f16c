using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Operations that treat every element alone.</summary>
internal static class ElementwiseCases
{
    // 0, 1, a prime, the reductions' block of 1024 and its neighbours, and a large prime.
    private static readonly int[] s_lengths = [0, 1, 7, 1023, 1024, 1025, 10_007];

    public static IEnumerable<ConformanceCase> All()
    {
        return s_lengths.SelectMany(length => (ConformanceCase[])
        [
            Case("add", length, 2, (tape, x) => Add.Forward(tape, x[0], x[1]), AddFormula, (_, g) => [One(g), One(g)]),
            Case("add, a tensor to itself", length, 1, (tape, x) => Add.Forward(tape, x[0], x[0]), x => AddFormula([x[0], x[0]]), (_, g) => [One(g).Times(2.0)]),
            Case("multiply", length, 2, (tape, x) => Multiply.Forward(tape, x[0], x[1]), x => Product(x[0], x[1]), (x, g) => [Product(g, x[1]), Product(g, x[0])]),
            Case("scale", length, 1, (tape, x) => Scale.Forward(tape, x[0], 0.375f), x => One(x[0]).Times(0.375), (_, g) => [One(g).Times(0.375)]),
            Case("tanh", length, 1, (tape, x) => Tanh.Forward(tape, x[0]), x => Map(x[0], Math.Tanh), TanhGradient),
            Case("sigmoid", length, 1, (tape, x) => Sigmoid.Forward(tape, x[0]), x => Map(x[0], Logistic), SigmoidGradient),
            Case("relu", length, 1, (tape, x) => Relu.Forward(tape, x[0]), x => Map(x[0], value => Math.Max(0.0, value)), ReluGradient),
        ]);
    }

    private static OperationCase Case(
        string name, int length, int inputCount, Func<Tape, Tensor[], Tensor> operation, Func<double[][], Sums> formula, Func<double[][], double[], Sums[]> gradient)
    {
        return new OperationCase($"operation {name}", $"n={length}")
        {
            Shapes = [.. Enumerable.Repeat(new[] { length }, inputCount)],
            Operation = operation,
            Formula = formula,
            Gradient = gradient,
        };
    }

    private static double Logistic(double value)
    {
        return 1.0 / (1.0 + Math.Exp(-value));
    }

    private static Sums AddFormula(double[][] inputs)
    {
        Sums sums = One(inputs[0]);
        for (int i = 0; i < inputs[1].Length; i++)
        {
            sums.Add(i, inputs[1][i]);
        }

        return sums;
    }

    private static Sums One(double[] terms)
    {
        return Map(terms, term => term);
    }

    private static Sums Map(double[] input, Func<double, double> function)
    {
        Sums sums = new(input.Length);
        for (int i = 0; i < input.Length; i++)
        {
            sums.Add(i, function(input[i]));
        }

        return sums;
    }

    private static Sums Product(double[] left, double[] right)
    {
        Sums sums = new(left.Length);
        for (int i = 0; i < left.Length; i++)
        {
            sums.Add(i, left[i] * right[i]);
        }

        return sums;
    }

    // 1 − y²: the error of y enters through y², which may be far larger than the difference.
    private static Sums[] TanhGradient(double[][] inputs, double[] upstream)
    {
        Sums sums = new(upstream.Length);
        for (int i = 0; i < upstream.Length; i++)
        {
            double square = Math.Tanh(inputs[0][i]) * Math.Tanh(inputs[0][i]);
            sums.Add(i, upstream[i] * (1.0 - square), Math.Abs(upstream[i]) * (1.0 + square));
        }

        return [sums];
    }

    private static Sums[] SigmoidGradient(double[][] inputs, double[] upstream)
    {
        Sums sums = new(upstream.Length);
        for (int i = 0; i < upstream.Length; i++)
        {
            double result = Logistic(inputs[0][i]);
            sums.Add(i, upstream[i] * result * (1.0 - result), Math.Abs(upstream[i]) * result * (1.0 + result));
        }

        return [sums];
    }

    private static Sums[] ReluGradient(double[][] inputs, double[] upstream)
    {
        Sums sums = new(upstream.Length);
        for (int i = 0; i < upstream.Length; i++)
        {
            sums.Add(i, inputs[0][i] > 0.0 ? upstream[i] : 0.0);
        }

        return [sums];
    }
}
