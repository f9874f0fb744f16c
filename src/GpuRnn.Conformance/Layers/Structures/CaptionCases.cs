using GpuRnn.Conformance.Operations;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>One picture to many words, in both forms, over captions of different lengths: gradients through the words and back to the picture's filters.</summary>
internal static class CaptionCases
{
    public static IEnumerable<ConformanceCase> All() => new[] { true, false }.Select(isFirst => Case(new CaptionShape(StepPattern.Parse("111 000 110")), isFirst));

    private static ComposedCase Case(CaptionShape shape, bool isFirst)
    {
        StepPattern steps = shape.Steps;
        ReferenceRecurrent reference = new(Cells.Lstm, CaptionShape.WordSize + CaptionShape.VectorSize, CaptionShape.HiddenSize, 1, false);
        return new ComposedCase("structure captions", $"picture at {(isFirst ? "the first step" : "every step")}, {steps}")
        {
            Shapes = [[steps.BatchSize, shape.Image.RowCount, shape.Image.ColumnCount, 1], [steps.TimeSteps, steps.BatchSize, CaptionShape.WordSize]],
            Build = device => new CaptionModel(device, shape, isFirst),
            Forward = (tape, module, x) => ((CaptionModel)module).Forward(tape, x[0], x[1], steps.Mask),
            Formula = (x, p) =>
            {
                double[][] vectors = [.. x[0].Chunk(shape.Image.Positions).Select(picture => Vector(shape, picture, p))];
                double[] inputs =
                [
                    .. Enumerable.Range(0, steps.TimeSteps * steps.BatchSize).SelectMany(place => (double[])
                    [
                        .. x[1].AsSpan(place * CaptionShape.WordSize, CaptionShape.WordSize),
                        .. isFirst && place >= steps.BatchSize ? new double[CaptionShape.VectorSize] : vectors[place % steps.BatchSize],
                    ]),
                ];
                double[] hidden = reference.Forward(steps.TimeSteps, steps.BatchSize, inputs, p[4..^2], null, steps.Lengths).Output;
                return StructureFormulas.DenseRows(p[^2], p[^1], hidden);
            },
            SummationLength = (9 * shape.Image.Windows * steps.BatchSize) + (8 * CaptionShape.HiddenSize),
            Depth = 2 * (steps.TimeSteps + 4),
        };
    }

    private static double[] Vector(CaptionShape shape, double[] picture, double[][] p)
    {
        double[] maps = [.. ConvolutionCases.Formula(shape.Image, CaptionShape.Filters, [picture, p[0], p[1]]).Values.Select(Math.Tanh)];
        return StructureFormulas.Dense(p[2], p[3], WindowLayerCases.Largest(shape.Maps, maps, []));
    }
}
