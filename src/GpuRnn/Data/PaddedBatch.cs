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
        SequenceExample first = examples[0];
        bool hasClasses = first.Classes.Length > 0;
        int steps = form == PredictionForm.Step ? Math.Max(1, first.TimeSteps) : 1;
        int targetSize = first.Targets.Length / steps;
        for (int row = 0; row < examples.Count; row++)
        {
            RequireAlike(examples, row, hasClasses, targetSize, where);
            if (hasClasses && form == PredictionForm.Sequence && examples[row].Classes.Length != 1)
            {
                throw new ArgumentException(
                    $"{where}: example {row} of the batch has {examples[row].Classes.Length} classes, but one is needed for the whole sequence. "
                    + "Give it one class, or predict by step.",
                    nameof(examples));
            }
        }

        SequenceBatchOptions options = new() { BatchSize = examples.Count, Shuffle = false };
        if (!hasClasses)
        {
            float[][] inputs = [.. examples.Select(example => example.Inputs)];
            float[][] targets = [.. examples.Select(example => example.Targets)];
            return (form == PredictionForm.Step
                ? SequenceBatchSource.ForStepValues(inputs, first.InputSize, targets, targetSize, options)
                : SequenceBatchSource.ForValues(inputs, first.InputSize, targets, targetSize, options)).GetBatch(0);
        }

        float[][] values = [.. examples.Select(example => example.Inputs)];
        return (form == PredictionForm.Step
            ? SequenceBatchSource.ForStepClasses(values, first.InputSize, [.. examples.Select(example => example.Classes)], options)
            : SequenceBatchSource.ForClasses(values, first.InputSize, [.. examples.Select(example => example.Classes[0])], options)).GetBatch(0);
    }

    private static void RequireAlike(IReadOnlyList<SequenceExample> examples, int row, bool hasClasses, int targetSize, string where)
    {
        SequenceExample example = examples[row];
        string? problem = example.TimeSteps == 0 ? "has no time step, but at least one is needed. Leave empty sequences out"
            : example.InputSize != examples[0].InputSize
                ? $"has inputSize {example.InputSize}, but the batch's first has {examples[0].InputSize}. Give all of them the same"
            : hasClasses != example.Classes.Length > 0 || (!hasClasses && targetSize == 0)
                ? $"has {example.Classes.Length} classes and {example.Targets.Length} target values, but one kind is needed, the same in all. Add them by WithClasses or WithTargets"
            : null;
        if (problem is not null)
        {
            throw new ArgumentException($"{where}: example {row} of the batch {problem}.", nameof(examples));
        }
    }
}
