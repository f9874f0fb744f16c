using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>One vector to many steps, in both forms, alone and as a whole model: a vector in, a recurrent layer, an answer at every step.</summary>
internal static class OneToManyCases
{
    private const int HiddenSize = 4;
    private const int OutputSize = 2;

    public static IEnumerable<ConformanceCase> All() => new[] { false, true }.SelectMany(isFirst => (ConformanceCase[])
    [
        Alone(isFirst, 1, 1, 1),
        Alone(isFirst, 4, 2, 17),
        Model(isFirst, 3, 2, 3),
    ]);

    private static ComposedCase Alone(bool isFirst, int timeSteps, int batchSize, int width) =>
        new(Subject(isFirst), $"T={timeSteps} B={batchSize} W={width}")
        {
            Shapes = [[batchSize, width]],
            Build = device => Spread(device, isFirst, timeSteps),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0]),
            Formula = (x, _) => Formula(isFirst, timeSteps, x[0]),
            SummationLength = timeSteps,
            Depth = 1,
        };

    private static ComposedCase Model(bool isFirst, int timeSteps, int batchSize, int width)
    {
        ReferenceRecurrent reference = new(Cells.Lstm, width, HiddenSize, 1, false);
        RecurrentOptions options = new() { InputSize = width, HiddenSize = HiddenSize };
        return new ComposedCase(Subject(isFirst), $"before lstm and dense, T={timeSteps} B={batchSize} W={width}")
        {
            Shapes = [[batchSize, width]],
            Build = device => new Sequential(
                Spread(device, isFirst, timeSteps),
                new Recurrent(device, Cells.Lstm, options, new RandomSource(3)),
                new Dense(device, HiddenSize, OutputSize, new RandomSource(4))),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0]),
            Formula = (x, parameters) => StructureFormulas.DenseRows(
                parameters[^2], parameters[^1], reference.Forward(timeSteps, batchSize, Formula(isFirst, timeSteps, x[0]), parameters[..^2]).Output),
            SummationLength = ((4 * HiddenSize) + width) * batchSize * timeSteps,
            Depth = 2 * (timeSteps + 1),
        };
    }

    private static string Subject(bool isFirst) => isFirst ? "structure first step vector" : "structure repeat vector";

    private static Layer Spread(Device device, bool isFirst, int timeSteps) =>
        isFirst ? new FirstStepVector(device, timeSteps) : new RepeatVector(device, timeSteps);

    private static double[] Formula(bool isFirst, int timeSteps, double[] x) =>
        [.. Enumerable.Range(0, timeSteps).SelectMany(step => step == 0 || !isFirst ? x : new double[x.Length])];
}
