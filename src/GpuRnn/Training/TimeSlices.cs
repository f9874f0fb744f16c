using GpuRnn.Devices;
using GpuRnn.Layers;

namespace GpuRnn.Training;

/// <summary>A batch cut along time.</summary>
internal static class TimeSlices
{
    /// <summary>Steps from <paramref name="start"/> on, with their targets; targets of whole sequences go to the last slice.</summary>
    /// <param name="batch">[T, B, …].</param>
    /// <param name="start">The first step.</param>
    /// <param name="count">Steps, at least 1.</param>
    /// <exception cref="ArgumentException">A part is cut from a batch that cannot be cut.</exception>
    public static Batch Slice(Batch batch, int start, int count)
    {
        int timeSteps = batch.InputShape[0];
        int rows = batch.InputShape[1];
        if (count < timeSteps && batch.GetType() != typeof(Batch))
        {
            throw new ArgumentException(
                $"Batch: a {batch.GetType().Name} is to be cut along time, but what it holds beside inputs and targets would be lost. "
                + "Train on whole sequences, or bring a Batch.",
                nameof(batch));
        }

        bool isLast = start + count == timeSteps;
        bool hasStepClasses = batch.Classes.Length == timeSteps * rows;
        bool hasStepTargets = batch.TargetShape.Length > 2 && batch.TargetShape[0] == timeSteps && batch.TargetShape[1] == rows;
        bool isEmpty = !isLast && !hasStepClasses && !hasStepTargets;
        SequenceMask? mask = batch.Mask?.Slice(start, count);
        if (count < timeSteps && !hasStepClasses && !hasStepTargets && !isEmpty && batch.Weight > 0.0)
        {
            RequireLastSteps(batch, mask, start);
        }

        int[] classes = isEmpty ? [] : hasStepClasses ? Cut(batch.Classes, timeSteps, start, count) : batch.Classes;
        float[]? weights = isEmpty || batch.TargetWeights is null ? null
            : hasStepClasses || hasStepTargets ? Cut(batch.TargetWeights, timeSteps, start, count)
            : batch.TargetWeights;
        return new Batch
        {
            Inputs = Cut(batch.Inputs, timeSteps, start, count),
            InputShape = [count, .. batch.InputShape[1..]],
            Mask = mask,
            Targets = isEmpty ? [] : hasStepTargets ? Cut(batch.Targets, timeSteps, start, count) : batch.Targets,
            TargetShape = isEmpty ? [0] : hasStepTargets ? [count, .. batch.TargetShape[1..]] : batch.TargetShape,
            TargetWeights = weights,
            Classes = classes,
            SequenceCount = batch.SequenceCount,
            Continues = start == 0 ? batch.Continues?.ToArray() : [.. Enumerable.Repeat(true, rows)],
            LossWeight = isEmpty ? 0.0 : Share(batch, Count(classes, weights, hasStepTargets ? mask : null, hasStepTargets ? count * rows : batch.SequenceCount)),
        };
    }

    /// <summary>Refuses a batch that has no time axis.</summary>
    /// <exception cref="ShapeException">The input has fewer than two axes, or no step.</exception>
    public static void RequireSteps(Batch batch, string where)
    {
        if (batch.InputShape.Length < 2 || batch.InputShape[0] < 1)
        {
            throw new ShapeException(
                $"{where}: the input is [{string.Join(", ", batch.InputShape)}], but [T, B, …] with at least one step is needed to cut it along time. "
                + "Pass sequences.");
        }
    }

    // What counts in pieces is shared out of what the whole batch counts, where that is said.
    private static double Share(Batch batch, double counted)
    {
        if (batch.LossWeight is not double whole)
        {
            return counted;
        }

        (int timeSteps, int rows) = (batch.InputShape[0], batch.InputShape[1]);
        bool hasSteps = batch.TargetShape.Length > 2 && batch.TargetShape[0] == timeSteps && batch.TargetShape[1] == rows;
        double all = Count(batch.Classes, batch.TargetWeights, hasSteps ? batch.Mask : null, hasSteps ? timeSteps * rows : batch.SequenceCount);
        return all > 0.0 ? whole * counted / all : whole;
    }

    private static double Count(int[] classes, float[]? weights, SequenceMask? mask, int otherwise)
    {
        return weights is not null ? weights.Sum(one => (double)one)
            : classes.Length > 0 ? classes.Count(one => one != Losses.DefaultIgnoreIndex)
            : mask?.PresentCount ?? otherwise;
    }

    private static void RequireLastSteps(Batch batch, SequenceMask? mask, int start)
    {
        for (int row = 0; row < mask?.BatchSize; row++)
        {
            if (mask.Lengths[row] == 0)
            {
                throw new ArgumentException(
                    $"Batch: row {row} ends at step {batch.Mask!.LastStep(row)} and its target belongs to the whole sequence, but the last piece, where such targets are "
                    + $"compared, begins at step {start}. Pad on the left, so that all rows end together, or do not cut the sequences.",
                    nameof(batch));
            }
        }
    }

    private static T[] Cut<T>(T[] values, int timeSteps, int start, int count)
    {
        int width = values.Length / timeSteps;
        return values.AsSpan(start * width, count * width).ToArray();
    }
}
