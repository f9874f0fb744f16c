using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The double reference against the papers' formulas, written again as plain loops, for cells that no witness has.</summary>
public sealed class CellFormulaTests
{
    private const int TimeSteps = 6;
    private const int InputSize = 3;
    private const int HiddenSize = 5;

    [Theory]
    [InlineData("leaky")]
    [InlineData("leaky-learned")]
    public void Leaky_IsTheFormulaOfJaeger(string cell) => Check(cell, 1, (p, x, h) =>
    {
        double[] candidate = Add(Product(p["weight_ih"], x), p["bias_ih"], Product(p["weight_hh"], h), p["bias_hh"]);
        double Rate(int unit) => cell == "leaky" ? p["leak_rate"][unit] : 1 / (1 + Math.Exp(-p["leak_rate"][unit]));
        return [.. h.Select((old, unit) => ((1 - Rate(unit)) * old) + (Rate(unit) * Math.Tanh(candidate[unit])))];
    });

    [Theory]
    [InlineData("indrnn")]
    [InlineData("indrnn-tanh")]
    public void Independent_IsTheFormulaOfLi(string cell) => Check(cell, 2, (p, x, h) =>
    {
        double[] sum = Add(Product(p["weight_ih"], x), p["bias_ih"], [.. h.Zip(p["weight_hh"], (old, weight) => old * weight)]);
        return [.. sum.Select(value => cell == "indrnn" ? Math.Max(value, 0) : Math.Tanh(value))];
    });

    private static void Check(string cell, int seed, Func<Dictionary<string, double[]>, double[], double[], double[]> step)
    {
        ReferenceRecurrent layer = new(Cells.Parse(cell), InputSize, HiddenSize, 1, false);
        Random random = new(seed);
        Dictionary<string, double[]> parameters = layer.Parameters.ToDictionary(one => one.Name, one => Uniform(random, one.ElementCount));
        double[] input = Uniform(random, TimeSteps * InputSize);
        double[] state = Uniform(random, HiddenSize);

        ReferenceRecurrentPass pass = layer.Forward(TimeSteps, 1, input, [.. layer.Parameters.Select(one => parameters[one.Name])], [state]);

        List<double> expected = [];
        for (int t = 0; t < TimeSteps; t++)
        {
            state = step(parameters, input[(t * InputSize)..((t + 1) * InputSize)], state);
            expected.AddRange(state);
        }

        ElementwiseAssert.Close([.. expected], pass.Output, Tolerances.StoredVectors, cell);
    }

    private static double[] Product(double[] weight, double[] vector) =>
        [.. weight.Chunk(vector.Length).Select(row => row.Zip(vector, (left, right) => left * right).Sum())];

    private static double[] Add(params double[][] vectors) =>
        [.. vectors[0].Select((_, i) => vectors.Sum(vector => vector[i]))];

    private static double[] Uniform(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 1.4) - 0.7)];
}
