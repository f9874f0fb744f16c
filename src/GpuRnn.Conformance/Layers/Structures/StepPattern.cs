using GpuRnn.Layers;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Which steps of a batch are there, and the sequences of a [T, B, …] array in double, each alone.</summary>
internal sealed class StepPattern
{
    private readonly string _text;

    private StepPattern(int timeSteps, int batchSize, SequenceMask? mask, string text)
    {
        TimeSteps = timeSteps;
        BatchSize = batchSize;
        Mask = mask;
        _text = text;
    }

    /// <summary>T.</summary>
    public int TimeSteps { get; }

    /// <summary>B.</summary>
    public int BatchSize { get; }

    /// <summary>What a layer is given; null where nothing is absent.</summary>
    public SequenceMask? Mask { get; }

    /// <summary>Steps of each row.</summary>
    public int[] Lengths => [.. Enumerable.Range(0, BatchSize).Select(row => Present(row).Count())];

    /// <summary>A batch without a mask.</summary>
    public static StepPattern All(int timeSteps, int batchSize) => new(timeSteps, batchSize, null, $"T={timeSteps} B={batchSize}");

    /// <summary>A word for each row, with 1 where a step is there and 0 where it is not: <c>110 111 001</c>.</summary>
    public static StepPattern Parse(string rows)
    {
        string[] words = rows.Split(' ');
        (int timeSteps, int batchSize) = (words[0].Length, words.Length);
        bool[] flags = [.. Enumerable.Range(0, timeSteps * batchSize).Select(i => words[i % batchSize][i / batchSize] == '1')];
        return new StepPattern(timeSteps, batchSize, SequenceMask.FromFlags(timeSteps, batchSize, flags), $"steps {rows}");
    }

    /// <summary>The steps of a row that are there.</summary>
    public IEnumerable<int> Present(int row) => Enumerable.Range(0, TimeSteps).Where(step => Mask is null || Mask.IsPresent(step, row));

    /// <summary>The numbers of a step of a row.</summary>
    public double[] Step(double[] values, int step, int row)
    {
        int width = values.Length / (TimeSteps * BatchSize);
        return values.AsSpan(((step * BatchSize) + row) * width, width).ToArray();
    }

    /// <summary>One vector for each row, from the steps that it has: [T, B, …] becomes [B, …].</summary>
    public double[] Pool(double[] values, Func<double[][], double[]> pool) =>
        [.. Enumerable.Range(0, BatchSize).SelectMany(row => pool([.. Present(row).Select(step => Step(values, step, row))]))];

    /// <summary>One vector for each step that is there, and zeros at the others: [T, B, …] becomes [T, B, width].</summary>
    public double[] Map(double[] values, int width, Func<double[], double[]> map) =>
        [.. Enumerable.Range(0, TimeSteps * BatchSize).SelectMany(place =>
            Mask is null || Mask.IsPresent(place / BatchSize, place % BatchSize) ? map(Step(values, place / BatchSize, place % BatchSize)) : new double[width])];

    /// <inheritdoc/>
    public override string ToString() => _text;
}
