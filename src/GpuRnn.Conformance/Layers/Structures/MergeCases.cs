using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Both directions merged in each way: alone, and behind a layer of two directions over rows of different lengths.</summary>
internal static class MergeCases
{
    private const int InputSize = 2;
    private const int HiddenSize = 3;

    private static readonly StepPattern s_steps = StepPattern.Parse("111 000 100");

    // Side by side is what both directions are already, so it is of interest behind them alone.
    public static IEnumerable<ConformanceCase> All() => Enum.GetValues<MergeKind>().SelectMany(kind => (ConformanceCase[])
    [
        .. kind == MergeKind.Concat ? [] : (ConformanceCase[])[Merge(kind, 1, 1, 1), Merge(kind, 3, 2, 17)],
        Behind(kind),
    ]);

    private static ComposedCase Merge(MergeKind kind, int timeSteps, int batchSize, int half) =>
        new($"structure merge {kind}", $"T={timeSteps} B={batchSize} H={half}")
        {
            Shapes = [[timeSteps, batchSize, 2 * half]],
            Build = device => new BidirectionalMerge(device, kind),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0]),
            Formula = (x, _) => Merged(kind, x[0], half),
            SummationLength = 2,
            Depth = 2,
        };

    private static ComposedCase Behind(MergeKind kind)
    {
        ReferenceRecurrent reference = new(Cells.Gru(), InputSize, HiddenSize, 1, true);
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize, Bidirectional = true };
        return new ComposedCase($"structure merge {kind}", $"gru of two directions, {s_steps} I={InputSize} H={HiddenSize}")
        {
            Shapes = [[s_steps.TimeSteps, s_steps.BatchSize, InputSize]],
            Build = device => new Sequential(new Recurrent(device, Cells.Gru(), options, new RandomSource(3)), new BidirectionalMerge(device, kind)),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], s_steps.Mask),
            Formula = (x, parameters) => Merged(
                kind, reference.Forward(s_steps.TimeSteps, s_steps.BatchSize, x[0], parameters, null, s_steps.Lengths).Output, HiddenSize),
            SummationLength = (InputSize + (3 * HiddenSize)) * s_steps.BatchSize,
            Depth = 2 * s_steps.TimeSteps,
            Unread = s_steps.Mask,
        };
    }

    private static double[] Merged(MergeKind kind, double[] both, int half) =>
    [
        .. both.Chunk(2 * half).SelectMany(row => kind switch
        {
            MergeKind.Concat => row,
            MergeKind.Sum => row[..half].Zip(row[half..], (forward, reverse) => forward + reverse),
            MergeKind.Mean => row[..half].Zip(row[half..], (forward, reverse) => (forward + reverse) / 2.0),
            _ => row[..half].Zip(row[half..], (forward, reverse) => forward * reverse),
        }),
    ];
}
