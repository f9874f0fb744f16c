using GpuRnn.Conformance.Operations;
using GpuRnn.Testing;

namespace GpuRnn.Conformance.Tests;

/// <summary>The gradients that the cases expect are those of their own formulas.</summary>
public sealed class CaseFormulaTests
{
    private const int MostElements = 600;

    public static TheoryData<string> SmallCases =>
        [.. Operations().Where(one => one.Shapes.Sum(Count) <= MostElements).Select(one => one.ToString())];

    [Theory]
    [MemberData(nameof(SmallCases))]
    public void Gradient_OfEveryInput_IsTheCentralDifference(string name)
    {
        OperationCase one = Operations().First(one => one.ToString() == name);
        double[][] inputs = [.. one.Inputs().Select(input => Array.ConvertAll(input, value => (double)value))];
        double[] upstream = [.. Enumerable.Range(0, one.Formula(inputs).Values.Length).Select(i => Math.Sin(i + 1))];
        Sums[] gradients = one.Gradient(inputs, upstream);
        Assert.Equal(inputs.Length, gradients.Length);
        if (double.IsNaN(one.Formula(inputs).Values.Sum()))
        {
            Assert.All(gradients, gradient => Assert.All(gradient.Values, value => Assert.Equal(0.0, value)));
            return;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            double[] expected = CentralDifference.Gradient(
                inputs[i], () => one.Formula(inputs).Values.Zip(upstream, (value, weight) => value * weight).Sum());
            ElementwiseAssert.Close(expected, gradients[i].Values, Tolerances.GradientCheck, $"gradient of input {i}");
        }
    }

    [Fact]
    public void SmallCases_HoldEverySubject()
    {
        Assert.Equal(
            Operations().Select(one => one.Subject).Distinct(),
            Operations().Where(one => one.Shapes.Sum(Count) is > 0 and <= MostElements).Select(one => one.Subject).Distinct());
    }

    private static int Count(int[] shape)
    {
        return shape.Aggregate(1, (count, axis) => count * axis);
    }

    private static IEnumerable<OperationCase> Operations()
    {
        return ConformanceSuite.Cases().OfType<OperationCase>();
    }
}
