using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The states of each row's labels with the blanks around them, as the kernels read them.</summary>
internal sealed class CtcStates
{
    private CtcStates(int stateCount, int[] layout)
    {
        (StateCount, Layout) = (stateCount, layout);
    }

    /// <summary>S: twice the longest row of labels, plus one.</summary>
    public int StateCount { get; }

    /// <summary>[S, B] the class of each state, then [B] the steps and [B] the states of each row.</summary>
    public int[] Layout { get; }

    /// <summary>Checks the labels and lays them out.</summary>
    public static CtcStates Build(
        IReadOnlyList<int[]> labels, SequenceMask? mask, int timeSteps, int batchSize, int classCount, int blank)
    {
        RequireRows(labels, mask, timeSteps, batchSize);
        if ((uint)blank >= (uint)classCount)
        {
            throw new ArgumentException(
                $"CtcLoss: the blank is {blank}, but must be one of the classes 0 to {classCount - 1}. Give the logits a class for it.", nameof(blank));
        }

        for (int row = 0; row < batchSize; row++)
        {
            if (labels[row] is null)
            {
                throw new ArgumentException($"CtcLoss: row {row} has null for labels, but an array is needed. Pass an empty one where it has none.", nameof(labels));
            }
        }

        int stateCount = (2 * labels.Max(row => row.Length)) + 1;
        int[] layout = new int[(stateCount + 2) * batchSize];
        layout.AsSpan(0, stateCount * batchSize).Fill(blank);
        for (int row = 0; row < batchSize; row++)
        {
            for (int i = 0; i < labels[row].Length; i++)
            {
                int label = labels[row][i];
                if ((uint)label >= (uint)classCount || label == blank)
                {
                    throw new ArgumentException(
                        $"CtcLoss: label {i} of row {row} is {label}, but must be one of the classes 0 to {classCount - 1} other than the blank, {blank}. "
                        + "Number the labels so.",
                        nameof(labels));
                }

                layout[(((2 * i) + 1) * batchSize) + row] = label;
            }

            layout[(stateCount * batchSize) + row] = mask is null ? timeSteps : mask.Lengths[row];
            layout[((stateCount + 1) * batchSize) + row] = (2 * labels[row].Length) + 1;
        }

        return new CtcStates(stateCount, layout);
    }

    private static void RequireRows(IReadOnlyList<int[]> labels, SequenceMask? mask, int timeSteps, int batchSize)
    {
        if (labels.Count != batchSize || batchSize == 0)
        {
            throw new ShapeException(
                $"CtcLoss: {labels.Count} rows of labels arrived for logits of {batchSize} rows, but as many, and at least one, are needed. "
                + "Pass the labels of each row, an empty array for none.",
                nameof(labels));
        }

        if (mask is not null && (mask.TimeSteps != timeSteps || mask.BatchSize != batchSize))
        {
            throw new ShapeException(
                $"CtcLoss: the mask is for [T={mask.TimeSteps}, B={mask.BatchSize}], but the logits are [T={timeSteps}, B={batchSize}, V]. "
                + "Pass the mask of what the model put out.",
                nameof(mask));
        }

        mask?.RequireRightPadded("CtcLoss", "the loss needs");
    }
}
