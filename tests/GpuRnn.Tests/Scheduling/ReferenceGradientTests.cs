using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;
using GpuRnn.Tests.Scheduling.Derivatives;

namespace GpuRnn.Tests.Scheduling;

public sealed class ReferenceGradientTests
{
    private const int TimeSteps = 4;
    private const int BatchSize = 5;
    private const int InputSize = 3;
    private const int HiddenSize = 5;

    private static readonly Dictionary<string, Cell> s_amended = Amended().DistinctBy(cell => cell.Name).ToDictionary(cell => cell.Name);

    public static TheoryData<string> CellNames =>
        new(Cells.All.Select(cell => cell.Name)
            .Concat(["states-below", "layer-norm", "batch-norm", "minimal-gated", "minimal-gated-before", "every-operation"])
            .Concat(s_amended.Keys));

    [Theory]
    [MemberData(nameof(CellNames))]
    public void Backward_EveryGradient_IsTheCentralDifference(string cellName)
    {
        // Options of layers change the step alone, so one loop shows them.
        int loops = s_amended.ContainsKey(cellName) ? 1 : 4;
        ReferenceRecurrent layer = new(Find(cellName), InputSize, HiddenSize, loops == 1 ? 1 : 2, loops > 1);
        Random random = new(20);
        double[] input = Uniform(random, TimeSteps * BatchSize * InputSize);
        double[][] parameters = [.. layer.Parameters.Select(parameter => Start(random, parameter))];
        double[][] initial = [.. layer.States.Select(state => Uniform(random, loops * BatchSize * state.Width))];
        double[] outputWeights = Uniform(random, TimeSteps * BatchSize * layer.OutputWidth);
        double[][] finalWeights = [.. initial.Select(state => Uniform(random, state.Length))];
        double[][] masks = [[.. Uniform(random, TimeSteps * BatchSize * layer.OutputWidth).Select(value => value + 1)]];
        int[] lengths = [2, 4, 0, 4, 4];
        IReadOnlyList<double[]>[] stepMasks = [.. Enumerable.Range(0, loops).Select(_ =>
            (IReadOnlyList<double[]>)[.. Find(cellName).BuildGraph(1, HiddenSize).Masks.Select(mask => Uniform(random, lengths.Sum() * mask.Width))])];

        ReferenceRecurrentPass Run()
        {
            return layer.Forward(TimeSteps, BatchSize, input, parameters, initial, lengths, masks, stepMasks);
        }

        double Loss()
        {
            ReferenceRecurrentPass pass = Run();
            return Dot(pass.Output, outputWeights) + pass.FinalStates.Zip(finalWeights, Dot).Sum();
        }

        ReferenceRecurrentGradients gradients = layer.Backward(Run(), outputWeights, finalWeights);
        Check(input, gradients.Input, Loss, "input");
        for (int index = 0; index < parameters.Length; index++)
        {
            // A constant is changed by nobody, and nodes may give it no gradient.
            if (!layer.Parameters[index].IsLearned)
            {
                continue;
            }

            Check(parameters[index], gradients.Parameters[index], Loss, $"parameter {index}: {layer.Parameters[index].Name}");
        }

        for (int state = 0; state < initial.Length; state++)
        {
            Check(initial[state], gradients.InitialStates[state], Loss, layer.States[state].Name + " at the start");
        }
    }

    private static void Check(double[] point, double[] gradient, Func<double> loss, string what)
    {
        ElementwiseAssert.Close(CentralDifference.Gradient(point, loss), gradient, Tolerances.GradientCheck, what);
    }

    private static Cell Find(string name)
    {
        Cell[] own = [new StatesBelowCell(), MinimalGatedStep.Cell, PublishedMinimalGatedCell.Cell, EveryOperationStep.Cell];
        return name == "layer-norm" ? new NormalisedElmanCell(ReductionAxis.Row)
            : name == "batch-norm" ? new NormalisedElmanCell(ReductionAxis.Batch)
            : s_amended.TryGetValue(name, out Cell? amended) ? amended
            : own.FirstOrDefault(cell => cell.Name == name) ?? Cells.Parse(name);
    }

    private static IEnumerable<Cell> Amended()
    {
        StepOptions random = new() { Zoneout = 0.3f, RecurrentDropout = 0.3f };
        yield return random.Apply(Cells.Lstm, true);
        yield return random.Apply(Cells.Parse("gru-reset-before"), true);
        yield return (random with { RecurrentDropout = 0 }).Apply(Cells.Lstm, false);
        yield return random.Apply(Cells.Parse("jordan"), true);
        StepOptions layer = new() { LayerNorm = true };
        StepOptions batch = new() { BatchNormSteps = 2 };
        yield return layer.Apply(Cells.Lstm, true);
        yield return layer.Apply(Cells.Gru(), true);
        yield return (batch with { Zoneout = 0.3f }).Apply(Cells.Lstm, true);
        yield return batch.Apply(Cells.Parse("gru-reset-before"), false);

        // Every cell with every option that it takes.
        StepOptions[] choices = [new() { Zoneout = 0.3f }, new() { RecurrentDropout = 0.3f }, layer, batch];
        foreach (Cell cell in Cells.Descriptions.Select(description => description.Forms.First()))
        {
            foreach (StepOptions choice in choices.Where(choice => choice.Refusal(cell) is null))
            {
                yield return choice.Apply(cell, true);
            }
        }
    }

    /// <summary>Uniform, but near 1/n where the cell takes a mean, so that a variance stays positive.</summary>
    private static double[] Start(Random random, CellParameter parameter)
    {
        double[] values = Uniform(random, parameter.ElementCount);
        return ConstantStart.Of(parameter) is double[] constant ? constant
            : parameter.Name.StartsWith("variance_", StringComparison.Ordinal) ? [.. values.Select(value => 0.5 + Math.Abs(value))]
            : parameter.Name == "mean_factor" ? [.. values.Select(value => 0.3 + (0.2 * value))] : values;
    }

    private static double[] Uniform(Random random, int count)
    {
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 1.4) - 0.7)];
    }

    private static double Dot(double[] left, double[] right)
    {
        return left.Zip(right, (first, second) => first * second).Sum();
    }
}
