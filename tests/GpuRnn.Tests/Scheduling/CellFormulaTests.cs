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
    public void Leaky_IsTheFormulaOfJaeger(string cell) => Check(cell, 1, (p, x, states) =>
    {
        double[] candidate = Add(Product(p["weight_ih"], x), p["bias_ih"], Product(p["weight_hh"], states[0]), p["bias_hh"]);
        double Rate(int unit) => cell == "leaky" ? p["leak_rate"][unit] : Logistic(p["leak_rate"][unit]);
        return [[.. states[0].Select((old, unit) => ((1 - Rate(unit)) * old) + (Rate(unit) * Math.Tanh(candidate[unit])))]];
    });

    [Theory]
    [InlineData("indrnn")]
    [InlineData("indrnn-tanh")]
    public void Independent_IsTheFormulaOfLi(string cell) => Check(cell, 2, (p, x, states) =>
    {
        double[] sum = Add(Product(p["weight_ih"], x), p["bias_ih"], [.. states[0].Zip(p["weight_hh"], (old, weight) => old * weight)]);
        return [[.. sum.Select(value => cell == "indrnn" ? Math.Max(value, 0) : Math.Tanh(value))]];
    });

    [Theory]
    [InlineData("jordan")]
    [InlineData("jordan-recurrent-3")]
    public void Jordan_IsItsFormula(string cell) => Check(cell, 3, (p, x, states) =>
    {
        double[] recurrence = cell == "jordan" ? new double[HiddenSize] : Product(p["weight_hh"], states[2]);
        double[] sum = Add(Product(p["weight_ih"], x), p["bias_ih"], Product(p["weight_yh"], states[1]), recurrence);
        double[] hidden = [.. sum.Select(Math.Tanh)];
        double[] output = [.. Add(Product(p["weight_hy"], hidden), p["bias_hy"]).Select(Math.Tanh)];
        return [output, [.. output.Select((value, unit) => (p["context_decay"][unit] * states[1][unit]) + value)], hidden];
    });

    [Theory]
    [InlineData("clockwork", 1, 2, 4, 8)]
    [InlineData("clockwork-2-3", 2, 3)]
    public void Clockwork_IsTheFormulaOfKoutnik(string cell, params int[] periods)
    {
        int t = 0;
        Check(cell, 5, (p, x, states) =>
        {
            double[] next = [.. states[0]];
            int first = 0;
            for (int group = 0; group < periods.Length; group++)
            {
                // 5 units: 2, 1, 1, 1 or 3, 2.
                int count = (HiddenSize / periods.Length) + (group < HiddenSize % periods.Length ? 1 : 0);
                for (int unit = first; unit < first + count && t % periods[group] == 0; unit++)
                {
                    double sum = p["bias_ih"][unit] + Enumerable.Range(0, InputSize).Sum(i => p["weight_ih"][(unit * InputSize) + i] * x[i]);
                    int columns = HiddenSize - first;
                    sum += Enumerable.Range(0, columns).Sum(i => p[$"weight_hh_{group}"][((unit - first) * columns) + i] * states[0][first + i]);
                    next[unit] = Math.Tanh(sum);
                }

                first += count;
            }

            t++;
            return [next];
        });
    }

    [Fact]
    public void DepthGated_IsTheFormulaOfYao()
    {
        ReferenceRecurrent layers = new(Cells.Parse("depth-gated"), InputSize, HiddenSize, 2, false);
        Random random = new(4);
        double[][] parameters = [.. layers.Parameters.Select(one => Uniform(random, one.ElementCount))];
        double[] input = Uniform(random, TimeSteps * InputSize);
        double[][] initial = [.. layers.States.Select(state => Uniform(random, 2 * state.Width))];

        ReferenceRecurrentPass pass = layers.Forward(TimeSteps, 1, input, parameters, initial);

        List<double> expected = [];
        double[][][] states = [.. Enumerable.Range(0, 2).Select(layer => initial.Select(all => all[(layer * HiddenSize)..((layer + 1) * HiddenSize)]).ToArray())];
        for (int t = 0; t < TimeSteps; t++)
        {
            double[] x = input[(t * InputSize)..((t + 1) * InputSize)];
            double[] below = new double[HiddenSize];
            for (int layer = 0; layer < 2; layer++)
            {
                int count = parameters.Length / 2;
                states[layer] = DepthGatedStep(Named(layers, parameters, layer * count, count), x, states[layer][0], states[layer][1], below);
                (x, below) = (states[layer][0], states[layer][1]);
            }

            expected.AddRange(x);
        }

        ElementwiseAssert.Close([.. expected], pass.Output, Tolerances.StoredVectors, "depth-gated");
    }

    private static double[][] DepthGatedStep(Dictionary<string, double[]> p, double[] x, double[] h, double[] c, double[] below)
    {
        double[] inputs = Add(Product(p["weight_ih"], x), p["bias_ih"]);
        double[] recurrent = Add(Product(p["weight_hh"], h), p["bias_hh"]);
        double Sum(int gate, int unit) => inputs[(gate * HiddenSize) + unit] + recurrent[(gate * HiddenSize) + unit];
        double[] cell = [.. c.Select((old, unit) =>
        {
            double depth = Logistic(inputs[(4 * HiddenSize) + unit] + (p["weight_cd"][unit] * old) + (p["weight_ed"][unit] * below[unit]));
            return (depth * below[unit]) + (Logistic(Sum(1, unit)) * old) + (Logistic(Sum(0, unit)) * Math.Tanh(Sum(2, unit)));
        })];
        return [[.. cell.Select((value, unit) => Logistic(Sum(3, unit)) * Math.Tanh(value))], cell];
    }

    private static void Check(string cell, int seed, Func<Dictionary<string, double[]>, double[], double[][], double[][]> step)
    {
        ReferenceRecurrent layer = new(Cells.Parse(cell), InputSize, HiddenSize, 1, false);
        Random random = new(seed);
        double[][] parameters = [.. layer.Parameters.Select(one => Uniform(random, one.ElementCount))];
        double[] input = Uniform(random, TimeSteps * InputSize);
        double[][] states = [.. layer.States.Select(state => Uniform(random, state.Width))];

        ReferenceRecurrentPass pass = layer.Forward(TimeSteps, 1, input, parameters, states);

        List<double> expected = [];
        for (int t = 0; t < TimeSteps; t++)
        {
            states = step(Named(layer, parameters, 0, parameters.Length), input[(t * InputSize)..((t + 1) * InputSize)], states);
            expected.AddRange(states[0]);
        }

        ElementwiseAssert.Close([.. expected], pass.Output, Tolerances.StoredVectors, cell);
    }

    private static Dictionary<string, double[]> Named(ReferenceRecurrent layer, double[][] parameters, int first, int count) =>
        Enumerable.Range(first, count).ToDictionary(i => layer.Parameters[i].Name, i => parameters[i]);

    private static double Logistic(double value) => 1 / (1 + Math.Exp(-value));

    private static double[] Product(double[] weight, double[] vector) =>
        [.. weight.Chunk(vector.Length).Select(row => row.Zip(vector, (left, right) => left * right).Sum())];

    private static double[] Add(params double[][] vectors) =>
        [.. vectors[0].Select((_, i) => vectors.Sum(vector => vector[i]))];

    private static double[] Uniform(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 1.4) - 0.7)];
}
