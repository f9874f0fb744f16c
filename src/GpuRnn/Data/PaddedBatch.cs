using GpuRnn.Layers;
using GpuRnn.Training;

namespace GpuRnn.Data;

/// <summary>Lays examples of different lengths side by side, padded on the right to the longest of them.</summary>
internal static class PaddedBatch
{
    /// <summary>One batch of its own memory.</summary>
    /// <param name="examples">At least one; all of one input size and one kind of prediction.</param>
    /// <param name="form">What classes and values belong to.</param>
    /// <param name="where">What errors begin with.</param>
    /// <exception cref="ArgumentException">The examples do not fit together.</exception>
    public static Batch Create(IReadOnlyList<SequenceExample> examples, PredictionForm form, string where)
    {
        int batchSize = examples.Count;
        int timeSteps = 0;
        int[] lengths = new int[batchSize];
        for (int row = 0; row < batchSize; row++)
        {
            lengths[row] = examples[row].TimeSteps;
            timeSteps = Math.Max(timeSteps, lengths[row]);
            RequireAlike(examples, row, form, where);
        }

        SequenceExample first = examples[0];
        int width = Math.Max(1, first.InputSize);
        bool hasClasses = first.Classes.Length > 0;
        int targetSize = TargetSize(first, form);
        int steps = form == PredictionForm.Step ? timeSteps : 1;
        Batch batch = new()
        {
            Inputs = new float[timeSteps * batchSize * width],
            InputShape = first.InputSize == 0 ? [timeSteps, batchSize] : [timeSteps, batchSize, first.InputSize],
            Mask = Array.TrueForAll(lengths, length => length == timeSteps) ? null : SequenceMask.FromLengths(timeSteps, lengths),
            Classes = hasClasses ? new int[steps * batchSize] : [],
            Targets = new float[steps * batchSize * targetSize],
            TargetShape = targetSize == 0 ? [0] : form == PredictionForm.Step ? [timeSteps, batchSize, targetSize] : [batchSize, targetSize],
            SequenceCount = batchSize,
        };
        Array.Fill(batch.Classes, Losses.DefaultIgnoreIndex);
        for (int row = 0; row < batchSize; row++)
        {
            Copy(examples[row].Inputs, batch.Inputs, lengths[row], width, row, batchSize);
            int own = form == PredictionForm.Step ? lengths[row] : 1;
            Copy(examples[row].Classes, batch.Classes, hasClasses ? own : 0, 1, row, batchSize);
            Copy(examples[row].Targets, batch.Targets, own, targetSize, row, batchSize);
        }

        return batch;
    }

    private static void Copy<T>(T[] from, T[] to, int steps, int width, int row, int batchSize)
    {
        for (int step = 0; step < steps; step++)
        {
            from.AsSpan(step * width, width).CopyTo(to.AsSpan(((step * batchSize) + row) * width));
        }
    }

    private static int TargetSize(SequenceExample example, PredictionForm form)
    {
        return form == PredictionForm.Step ? example.Targets.Length / Math.Max(1, example.TimeSteps) : example.Targets.Length;
    }

    private static void RequireAlike(IReadOnlyList<SequenceExample> examples, int row, PredictionForm form, string where)
    {
        SequenceExample first = examples[0];
        SequenceExample example = examples[row];
        int predictions = form == PredictionForm.Step ? example.TimeSteps : 1;
        int targetSize = TargetSize(first, form);
        bool hasClasses = first.Classes.Length > 0;
        string? problem = example.TimeSteps == 0 ? "has no time step, but at least one is needed. Leave empty sequences out"
            : example.InputSize != first.InputSize ? $"has inputSize {example.InputSize}, but the batch's first has {first.InputSize}. Give all of them the same"
            : hasClasses && example.Classes.Length != predictions
                ? $"has {example.Classes.Length} classes and {example.TimeSteps} steps, but {predictions} are needed. Pass one for {(form == PredictionForm.Step ? "each step" : "the sequence")}"
            : !hasClasses && example.Targets.Length != predictions * targetSize
                ? $"has {example.Targets.Length} target values and {example.TimeSteps} steps, but {predictions * targetSize} are needed. Pass as many as for the first"
            : !hasClasses && targetSize == 0 ? "has neither classes nor targets, but one of them is needed. Add them by WithClasses or WithTargets"
            : null;
        if (problem is not null)
        {
            throw new ArgumentException($"{where}: example {row} of the batch {problem}.", nameof(examples));
        }
    }
}
