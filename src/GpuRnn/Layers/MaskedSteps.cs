using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Steps of a sequence that differ from row to row.</summary>
internal static class MaskedSteps
{
    /// <summary>The first step of each row that is there: [T, B, …] becomes [B, …].</summary>
    public static Tensor First(Tape tape, Tensor input, SequenceMask mask, string where)
    {
        return Pick(tape, input, mask, where, "first", mask.FirstStep);
    }

    /// <summary>The last step of each row that is there: [T, B, …] becomes [B, …].</summary>
    public static Tensor Last(Tape tape, Tensor input, SequenceMask mask, string where)
    {
        return Pick(tape, input, mask, where, "last", mask.LastStep);
    }

    private static Tensor Pick(Tape tape, Tensor input, SequenceMask mask, string where, string which, Func<int, int> step)
    {
        mask.Require(input, where);
        int[] rows = new int[mask.BatchSize];
        for (int row = 0; row < rows.Length; row++)
        {
            int picked = step(row);
            rows[row] = picked >= 0
                ? (picked * rows.Length) + row
                : throw new ArgumentException(
                    $"{where}: row {row} of the batch has no step, but a {which} one is needed. Leave empty sequences out of the batch.", nameof(mask));
        }

        return PickRows.Forward(tape, Reshape.Forward(tape, input, [input.Shape[0] * input.Shape[1], .. input.Shape[2..]]), rows);
    }
}
