using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

public sealed class ReferenceGradientTests
{
    private const int TimeSteps = 4;
    private const int BatchSize = 3;
    private const int InputSize = 3;
    private const int HiddenSize = 5;

    public static TheoryData<string> CellNames =>
        new(Cells.All.Select(cell => cell.Name).Concat(["states-below", "layer-norm", "batch-norm"]));

    [Theory]
    [MemberData(nameof(CellNames))]
    public void Backward_EveryGradient_IsTheCentralDifference(string cellName)
    {
        ReferenceRecurrent layer = new(Find(cellName), InputSize, HiddenSize, 2, true);
        Random random = new(20);
        double[] input = Uniform(random, TimeSteps * BatchSize * InputSize);
        double[][] parameters = [.. layer.Parameters.Select(parameter => Start(random, parameter))];
        double[][] initial = [.. layer.States.Select(state => Uniform(random, 4 * BatchSize * state.Width))];
        double[] outputWeights = Uniform(random, TimeSteps * BatchSize * layer.OutputWidth);
        double[][] finalWeights = [.. initial.Select(state => Uniform(random, state.Length))];
        double[][] masks = [[.. Uniform(random, TimeSteps * BatchSize * layer.OutputWidth).Select(value => value + 1)]];
        int[] lengths = [2, 4, 0];

        ReferenceRecurrentPass Run()
        {
            return layer.Forward(TimeSteps, BatchSize, input, parameters, initial, lengths, masks);
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
        Cell own = new StatesBelowCell();
        return name == "layer-norm" ? new NormalisedElmanCell(ReductionAxis.Row)
            : name == "batch-norm" ? new NormalisedElmanCell(ReductionAxis.Batch)
            : name == own.Name ? own : Cells.Parse(name);
    }

    /// <summary>Uniform, but near 1/n where the cell takes a mean, so that a variance stays positive.</summary>
    private static double[] Start(Random random, CellParameter parameter)
    {
        double[] values = Uniform(random, parameter.ElementCount);
        return parameter.Name == "mean_factor" ? [.. values.Select(value => 0.3 + (0.2 * value))] : values;
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
