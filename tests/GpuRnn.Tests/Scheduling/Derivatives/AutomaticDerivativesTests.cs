using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>The derivatives that are found are those that were written by hand, and cost as little memory.</summary>
public sealed class AutomaticDerivativesTests
{
    private const int TimeSteps = 4;
    private const int BatchSize = 3;
    private const int InputSize = 3;
    private const int HiddenSize = 5;

    public static TheoryData<string> CellNames => [.. Cells.All.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(CellNames))]
    public void Found_ForEveryCell_AreTheHandWrittenOnes(string name)
    {
        Cell cell = Cells.Parse(name);
        ReferenceRecurrentGradients expected = Run(cell, out ReferenceRecurrentPass expectedPass);
        ReferenceRecurrentGradients found = Run(new RederivedCell(cell), out ReferenceRecurrentPass foundPass);

        ToleranceSpec tolerance = Tolerances.Double(HiddenSize * TimeSteps * BatchSize);
        Assert.Equal(expectedPass.Output, foundPass.Output);
        ElementwiseAssert.Close(expected.Input, found.Input, tolerance, "gradient of the input");
        IReadOnlyList<CellParameter> parameters = new ReferenceRecurrent(cell, InputSize, HiddenSize, 2, true).Parameters;
        foreach ((CellParameter parameter, (double[] left, double[] right)) in parameters.Zip(expected.Parameters.Zip(found.Parameters)))
        {
            // What is written by hand may leave out the gradients of constants, which nobody uses.
            if (parameter.IsLearned)
            {
                ElementwiseAssert.Close(left, right, tolerance, $"gradient of {parameter.Name}");
            }
        }

        foreach ((double[] left, double[] right) in expected.InitialStates.Zip(found.InitialStates))
        {
            ElementwiseAssert.Close(left, right, tolerance, "gradient of an initial state");
        }
    }

    [Theory]
    [InlineData("lstm", 4)]
    [InlineData("peephole", 4)]
    [InlineData("coupled", 3)]
    [InlineData("gru", 4)]
    [InlineData("elman", 0)]
    [InlineData("leaky", 1)]
    [InlineData("indrnn", 0)]
    public void Found_KeepsWhatTheHandWrittenOneKeeps_AndTiesTheSameProducts(string name, int kept)
    {
        Cell cell = Cells.Parse(name);
        StepGraph written = cell.BuildGraph(InputSize, HiddenSize);
        StepGraph found = new RederivedCell(cell).BuildGraph(InputSize, HiddenSize);

        Assert.Equal(kept, found.Nodes.OfType<PointwiseNode>().Sum(node => node.WrittenValues.Count));
        Assert.Equal(written.StepProducts.Select(product => product.TiedToInputSlot), found.StepProducts.Select(product => product.TiedToInputSlot));
    }

    private static ReferenceRecurrentGradients Run(Cell cell, out ReferenceRecurrentPass pass)
    {
        ReferenceRecurrent layer = new(cell, InputSize, HiddenSize, 2, true);
        Random random = new(11);
        double[] input = Uniform(random, TimeSteps * BatchSize * InputSize);
        double[][] parameters = [.. layer.Parameters.Select(parameter => ConstantStart.Of(parameter) ?? Uniform(random, parameter.ElementCount))];
        double[][] initial = [.. layer.States.Select(state => Uniform(random, 4 * BatchSize * state.Width))];
        pass = layer.Forward(TimeSteps, BatchSize, input, parameters, initial, [2, 4, 1]);
        return layer.Backward(pass, Uniform(random, pass.Output.Length), [.. pass.FinalStates.Select(state => Uniform(random, state.Length))]);
    }

    private static double[] Uniform(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
}
