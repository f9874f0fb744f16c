using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Ways round a layer, residual and highway: round a dense one, and round a recurrent one over rows of different lengths.</summary>
internal static class DetourCases
{
    private static readonly StepPattern s_steps = StepPattern.Parse("110 000 111");

    public static IEnumerable<ConformanceCase> All() => new[] { false, true }.SelectMany(isHighway => (ConformanceCase[])
    [
        RoundDense(isHighway, 1, 1),
        RoundDense(isHighway, 3, 17),
        RoundRecurrent(isHighway, 3),
    ]);

    private static ComposedCase RoundDense(bool isHighway, int rows, int width) => new(Subject(isHighway), $"round dense, rows={rows} W={width}")
    {
        Shapes = [[rows, width]],
        Build = device => Round(isHighway, new Dense(device, width, width, new RandomSource(3)), width),
        Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0]),
        Formula = (x, parameters) => Formula(isHighway, x[0], StructureFormulas.DenseRows(parameters[0], parameters[1], x[0]), parameters),
        SummationLength = width + rows,
        Depth = 6,
    };

    // What stands at absent steps goes round the layer, so it is a number here.
    private static ComposedCase RoundRecurrent(bool isHighway, int width)
    {
        ReferenceRecurrent reference = new(Cells.Gru(), width, width, 1, false);
        RecurrentOptions options = new() { InputSize = width, HiddenSize = width };
        int count = reference.Parameters.Count;
        return new ComposedCase(Subject(isHighway), $"round gru, {s_steps} W={width}")
        {
            Shapes = [[s_steps.TimeSteps, s_steps.BatchSize, width]],
            Build = device => Round(isHighway, new Recurrent(device, Cells.Gru(), options, new RandomSource(3)), width),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], s_steps.Mask),
            Formula = (x, parameters) => Formula(
                isHighway, x[0], reference.Forward(s_steps.TimeSteps, s_steps.BatchSize, x[0], parameters[..count], null, s_steps.Lengths).Output, parameters),
            SummationLength = (4 * width * s_steps.BatchSize) + width,
            Depth = (2 * s_steps.TimeSteps) + 6,
        };
    }

    private static string Subject(bool isHighway) => isHighway ? "structure highway" : "structure residual";

    private static Layer Round(bool isHighway, Layer layer, int width) => isHighway ? new Highway(layer, width, new RandomSource(4)) : new Residual(layer);

    // The gate's weight and bias are a highway's last parameters.
    private static double[] Formula(bool isHighway, double[] x, double[] inner, double[][] parameters)
    {
        if (!isHighway)
        {
            return [.. x.Zip(inner, (left, right) => left + right)];
        }

        double[] gates = [.. StructureFormulas.DenseRows(parameters[^2], parameters[^1], x).Select(StructureFormulas.Sigmoid)];
        return [.. x.Select((value, i) => (gates[i] * inner[i]) + ((1.0 - gates[i]) * value))];
    }
}
