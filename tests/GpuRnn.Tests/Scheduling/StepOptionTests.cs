using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>Options of layers: the reference against the papers' formulas as plain loops, and the schedules against the reference.</summary>
public sealed class StepOptionTests : IDisposable
{
    private const int TimeSteps = 5;
    private const int BatchSize = 3;
    private const int InputSize = 3;
    private const int HiddenSize = 5;
    private const float Probability = 0.3f;

    private static readonly StepOptions s_zoneout = new() { Zoneout = Probability };
    private static readonly StepOptions s_dropout = new() { RecurrentDropout = Probability };

    private readonly Device _device = DeviceCatalog.Open("cpu");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Zoneout_IsTheFormulaOfKrueger(bool isTraining) => Check(s_zoneout, isTraining, 1, (lstm, p, x, past, factors) =>
    {
        (double[] h, double[] c) = lstm.Step(x, past.H, past.C);
        double Share(int state, int unit) => isTraining ? factors[state][unit] : p[state == 0 ? "zoneout_h" : "zoneout_c"][unit];
        return (
            [.. h.Select((value, unit) => ((1 - Share(0, unit)) * past.H[unit]) + (Share(0, unit) * value))],
            [.. c.Select((value, unit) => ((1 - Share(1, unit)) * past.C[unit]) + (Share(1, unit) * value))]);
    });

    [Fact]
    public void Zoneout_InEvaluation_HasOneMinusZAsItsConstants()
    {
        CellParameter constant = s_zoneout.Apply(Cells.Lstm, false).Parameters(InputSize, HiddenSize).Single(one => one.Name == "zoneout_c");
        float[] values = new float[HiddenSize];
        constant.Start!(values);
        Assert.All(values, value => Assert.Equal(1 - Probability, value));
        Assert.False(constant.IsLearned);
    }

    [Fact]
    public void Zoneout_OfHiddenStatesAlone_HasARateForEachState()
    {
        StepOptions options = new() { Zoneout = 0.5f, HiddenZoneout = 0.125f };
        IReadOnlyList<CellParameter> parameters = options.Apply(Cells.Lstm, false).Parameters(InputSize, HiddenSize);
        float Share(string name)
        {
            float[] values = new float[HiddenSize];
            parameters.Single(one => one.Name == name).Start!(values);
            return values.Distinct().Single();
        }

        Assert.Equal([0.875f, 0.5f], [Share("zoneout_h"), Share("zoneout_c")]);
        MaskNode[] masks = [.. options.Apply(Cells.Lstm, true).BuildGraph(InputSize, HiddenSize).Masks];
        Assert.Equal([("zoneout of h", 0.125f), ("zoneout of c", 0.5f)], masks.Select(mask => (mask.Name, mask.DropProbability)));
        Assert.True((options with { Zoneout = 0.0f }).IsRandom);
    }

    [Fact]
    public void RecurrentDropout_IsTheFormulaOfGal() => Check(s_dropout, true, 2, (lstm, _, x, past, factors) =>
        lstm.Step(x, [.. past.H.Zip(factors[0], (value, factor) => value * factor)], past.C));

    [Fact]
    public void RecurrentDropout_InEvaluation_IsTheCellItself() =>
        Assert.Equal(Cells.Lstm.BuildGraph(2, 4).Nodes.Count, s_dropout.Apply(Cells.Lstm, false).BuildGraph(2, 4).Nodes.Count);

    [Fact]
    public void RecurrentDropout_OfAGruWhoseResetGateActsFirst_HasOneMaskForBothProducts()
    {
        StepGraph graph = s_dropout.Apply(Cells.Parse("gru-reset-before"), true).BuildGraph(2, 4);
        MaskNode mask = Assert.Single(graph.Masks);
        Assert.True(mask.IsPerSequence);
        Assert.Equal(2, graph.Nodes.OfType<PointwiseNode>().Count(node => node.Name.StartsWith("dropout", StringComparison.Ordinal)));
    }

    [Fact]
    public void RecurrentDropout_OfUnitsThatSeeTheirOwnPastAlone_IsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => s_dropout.Apply(Cells.Parse("indrnn"), true));
        Assert.Contains(
            "Cell \"indrnn\", recurrent-dropout: 0.3 arrived for indrnn, but a product with the past is needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LayerNorm_IsTheFormulaOfBa() => Check(new StepOptions { LayerNorm = true }, true, 3, (lstm, p, x, past, _) =>
    {
        double[] gates = LstmFormula.Add(
            Normal(lstm.Product("weight_ih", x), p["gain_ih"], p["bias_ih"]), Normal(lstm.Product("weight_hh", past.H), p["gain_hh"], p["bias_hh"]));
        double[] c = LstmFormula.Cell(gates, past.C);
        double[] squashed = Normal(c, p["gain_c"], p["shift_c"]);
        return ([.. squashed.Select((value, unit) => LstmFormula.Sigmoid(gates[(3 * HiddenSize) + unit]) * Math.Tanh(value))], c);
    });

    [Fact]
    public void LayerNorm_OfAGru_KeepsTheCandidateApartFromTheGates()
    {
        StepGraph graph = new StepOptions { LayerNorm = true }.Apply(Cells.Gru(), true).BuildGraph(2, 4);
        Assert.Equal([8, 4, 8, 4], graph.Normalisations.Select(node => node.Width));
        Assert.Equal([0, 8, 0, 8], graph.Normalisations.Select(node => node.FirstElement));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BatchNorm_IsTheFormulaOfCooijmans(bool isTraining)
    {
        const int Steps = 3;
        Cell cell = new StepOptions { BatchNormSteps = Steps }.Apply(Cells.Lstm, isTraining);
        ReferenceRecurrent layer = new(cell, InputSize, HiddenSize, 1, false);
        Random random = new(4);
        Dictionary<string, double[]> p = layer.Parameters.ToDictionary(
            one => one.Name, one => Array.ConvertAll(Uniform(random, one.ElementCount), value => one.Name.StartsWith("variance_", StringComparison.Ordinal) ? 1 + value : value));
        double[] input = Uniform(random, TimeSteps * BatchSize * InputSize);
        double[][] initial = [Uniform(random, BatchSize * HiddenSize), Uniform(random, BatchSize * HiddenSize)];
        ReferenceRecurrentPass pass = layer.Forward(TimeSteps, BatchSize, input, [.. layer.Parameters.Select(one => p[one.Name])], initial);

        LstmFormula lstm = new(p);
        Dictionary<string, double[]> statistics = p.ToDictionary(entry => entry.Key, entry => (double[])entry.Value.Clone());
        double[][] Normalise(double[][] rows, string name, double[]? shift, int step)
        {
            int width = rows[0].Length;
            int first = Math.Min(step, Steps - 1) * width;
            double[][] result = [.. rows.Select(row => new double[width])];
            for (int unit = 0; unit < width; unit++)
            {
                double mean = rows.Average(row => row[unit]);
                double variance = rows.Average(row => (row[unit] - mean) * (row[unit] - mean));
                (double[] means, double[] variances) = (statistics[$"mean_{name}"], statistics[$"variance_{name}"]);
                if (isTraining)
                {
                    means[first + unit] = (0.9 * means[first + unit]) + (0.1 * mean);
                    variances[first + unit] = (0.9 * variances[first + unit]) + (0.1 * variance);
                }
                else
                {
                    (mean, variance) = (means[first + unit], variances[first + unit]);
                }

                for (int row = 0; row < rows.Length; row++)
                {
                    result[row][unit] = (p[$"gain_{name}"][unit] * (rows[row][unit] - mean) / Math.Sqrt(variance + 1e-5f)) + (shift?[unit] ?? 0);
                }
            }

            return result;
        }

        double[][] h = [.. Enumerable.Range(0, BatchSize).Select(row => Row(initial[0], row, HiddenSize))];
        double[][] c = [.. Enumerable.Range(0, BatchSize).Select(row => Row(initial[1], row, HiddenSize))];
        List<double> expected = [];
        for (int t = 0; t < TimeSteps; t++)
        {
            double[][] x = [.. Enumerable.Range(0, BatchSize).Select(row => Row(input, (t * BatchSize) + row, InputSize))];
            double[][] fromInput = Normalise([.. x.Select(row => lstm.Product("weight_ih", row))], "ih", p["bias_ih"], t);
            double[][] fromPast = Normalise([.. h.Select(row => lstm.Product("weight_hh", row))], "hh", p["bias_hh"], t);
            double[][] gates = [.. fromInput.Zip(fromPast, (left, right) => LstmFormula.Add(left, right))];
            c = [.. c.Select((old, row) => LstmFormula.Cell(gates[row], old))];
            double[][] squashed = Normalise(c, "c", p["shift_c"], t);
            h = [.. squashed.Select((values, row) => values.Select((value, unit) => LstmFormula.Sigmoid(gates[row][(3 * HiddenSize) + unit]) * Math.Tanh(value)).ToArray())];
            expected.AddRange(h.SelectMany(row => row));
        }

        ElementwiseAssert.Close([.. expected], pass.Output, Tolerances.GradientCheck, "h");
        foreach ((string name, double[] values) in pass.Passes[0].Statistics)
        {
            ElementwiseAssert.Close(statistics[name], values, Tolerances.GradientCheck, name);
        }
    }

    public static TheoryData<string, string, bool> Schedules => new()
    {
        { "lstm", "persistent", true },
        { "lstm", "persistent", false },
        { "peephole", "persistent", true },
        { "gru-reset-before", "persistent", true },
        { "jordan", "persistent", true },
        { "jordan", "stepwise", true },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void ForwardAndBackward_LengthsAndDirections_AgreeWithTheReference(string cell, string schedule, bool isTraining)
    {
        StepOptions options = new() { Zoneout = Probability, RecurrentDropout = Probability };
        SequenceSpecification specification = new()
        {
            Cell = options.Apply(Cells.Parse(cell), isTraining),
            InputSize = 3,
            HiddenSize = 19,
            LayerCount = 2,
            Bidirectional = true,
            TimeSteps = 4,
            BatchSize = 5,
            NeedsGradient = isTraining,
            ScheduleOverride = schedule,
        };
        Run(specification);
    }

    public static TheoryData<string, string, int, bool> NormalisedSchedules => new()
    {
        { "lstm", "persistent", 0, true },
        { "lstm", "persistent", 3, true },
        { "lstm", "persistent", 3, false },
        { "gru", "persistent", 0, true },
        { "gru-reset-before", "persistent", 3, true },
        { "jordan", "persistent", 0, true },
        { "lstm", "stepwise", 0, true },
        { "gru", "stepwise", 3, true },
    };

    [Theory]
    [MemberData(nameof(NormalisedSchedules))]
    public void ForwardAndBackward_Normalised_AgreeWithTheReference(string cell, string schedule, int batchNormSteps, bool isTraining)
    {
        StepOptions options = new() { LayerNorm = batchNormSteps == 0, BatchNormSteps = batchNormSteps, Zoneout = cell == "lstm" ? Probability : 0 };
        SequenceSpecification specification = new()
        {
            Cell = options.Apply(Cells.Parse(cell), isTraining),
            InputSize = 3,
            HiddenSize = 37,
            LayerCount = 1,
            Bidirectional = true,
            TimeSteps = 4,
            BatchSize = 5,
            NeedsGradient = true,
            ScheduleOverride = schedule,
        };
        Run(specification);
    }

    // Wide enough for threads to share the units of a step.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForwardAndBackward_NormalisedWideLayer_AgreesWithTheReference(bool isLayerNorm)
    {
        StepOptions options = isLayerNorm ? new() { LayerNorm = true } : new() { BatchNormSteps = 2 };
        SequenceSpecification specification = new()
        {
            Cell = options.Apply(Cells.Lstm, true),
            InputSize = 2,
            HiddenSize = 96,
            TimeSteps = 2,
            BatchSize = 3,
            NeedsGradient = true,
            ScheduleOverride = "persistent",
        };
        using PlanCase plan = new(_device, specification, true);
        plan.RunAndCheck(null);
        Assert.Contains("threads own hidden units", plan.Plan.Describe(), StringComparison.Ordinal);
    }

    private void Run(SequenceSpecification specification)
    {
        using PlanCase plan = new(_device, specification, true);
        plan.RunAndCheck(null);
        int[] lengths = [2, 0, 4, 1, 3];
        plan.Plan.SetLengths(lengths);
        plan.RunAndCheck(lengths);
    }

    [Fact]
    public void Create_MasksWithoutASource_SaysWhatIsMissing()
    {
        SequenceSpecification specification = new() { Cell = s_zoneout.Apply(Cells.Elman, true), InputSize = 1, HiddenSize = 2, TimeSteps = 1, BatchSize = 1 };
        ArgumentException error = Assert.Throws<ArgumentException>(() => SequencePlanner.Create(_device, specification));
        Assert.Contains("has the random factors \"zoneout of h\", but the specification draws none. Set FillMask", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    private static void Check(
        StepOptions options,
        bool isTraining,
        int seed,
        Func<LstmFormula, Dictionary<string, double[]>, double[], (double[] H, double[] C), double[][], (double[] H, double[] C)> step)
    {
        Cell cell = options.Apply(Cells.Lstm, isTraining);
        ReferenceRecurrent layer = new(cell, InputSize, HiddenSize, 1, false);
        Random random = new(seed);
        Dictionary<string, double[]> parameters = layer.Parameters.ToDictionary(one => one.Name, one => Uniform(random, one.ElementCount));
        double[] input = Uniform(random, TimeSteps * BatchSize * InputSize);
        double[][] initial = [Uniform(random, BatchSize * HiddenSize), Uniform(random, BatchSize * HiddenSize)];
        double[][] masks = [.. cell.BuildGraph(InputSize, HiddenSize).Masks.Select(mask => Uniform(random, TimeSteps * BatchSize * mask.Width))];

        ReferenceRecurrentPass pass = layer.Forward(
            TimeSteps, BatchSize, input, [.. layer.Parameters.Select(one => parameters[one.Name])], initial, stepMasks: [masks]);

        LstmFormula lstm = new(parameters);
        double[] expected = new double[pass.Output.Length];
        for (int row = 0; row < BatchSize; row++)
        {
            (double[] H, double[] C) state = (Row(initial[0], row, HiddenSize), Row(initial[1], row, HiddenSize));
            for (int t = 0; t < TimeSteps; t++)
            {
                int number = (t * BatchSize) + row;
                state = step(lstm, parameters, Row(input, number, InputSize), state, [.. masks.Select(mask => Row(mask, number, HiddenSize))]);
                state.H.CopyTo(expected, number * HiddenSize);
            }
        }

        ElementwiseAssert.Close(expected, pass.Output, Tolerances.StoredVectors, options.ToString());
    }

    private static double[] Normal(double[] x, double[] gain, double[] shift)
    {
        double mean = x.Average();
        double deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5f);
        return [.. x.Select((value, i) => (gain[i] * (value - mean) / deviation) + shift[i])];
    }

    private static double[] Row(double[] rows, int row, int width) => rows[(row * width)..((row + 1) * width)];

    private static double[] Uniform(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 1.4) - 0.7)];
}
