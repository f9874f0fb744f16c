using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Between one step and many: repetition, a first step, and the sum over time.</summary>
internal static class TimeCases
{
    private static readonly (int TimeSteps, int Width)[] s_sizes = [(1, 1), (3, 0), (2, 3), (7, 16), (65, 17), (130, 33)];

    public static IEnumerable<ConformanceCase> All() => s_sizes.SelectMany(size => (ConformanceCase[])
    [
        Case("repeat over time", size.TimeSteps, size.Width, false, (tape, x) => RepeatTime.Forward(tape, x, size.TimeSteps), size.TimeSteps),
        Case("begin of time", size.TimeSteps, size.Width, false, (tape, x) => BeginTime.Forward(tape, x, size.TimeSteps), 1),
        Case("sum over time", size.TimeSteps, size.Width, true, SumOverTime.Forward, size.TimeSteps),
    ]);

    // One step stands beside as many of many as are named: to them or, for a sum, from them.
    private static OperationCase Case(string name, int timeSteps, int width, bool isSum, Func<Tape, Tensor, Tensor> operation, int linked) =>
        new($"operation {name}", $"T={timeSteps} width={width}")
        {
            Shapes = [isSum ? [timeSteps, width] : [width]],
            Operation = (tape, x) => operation(tape, x[0]),
            Formula = x => isSum ? ToOne(x[0], width, linked) : ToMany(x[0], timeSteps, linked),
            Gradient = (x, g) => [isSum ? ToMany(g, timeSteps, linked) : ToOne(g, width, linked)],
        };

    private static Sums ToOne(double[] many, int width, int linked)
    {
        Sums sums = new(width);
        for (int i = 0; i < linked * width; i++)
        {
            sums.Add(i % width, many[i]);
        }

        return sums;
    }

    private static Sums ToMany(double[] one, int timeSteps, int linked)
    {
        Sums sums = new(timeSteps * one.Length);
        for (int i = 0; i < linked * one.Length; i++)
        {
            sums.Add(i, one[i % one.Length]);
        }

        return sums;
    }
}
