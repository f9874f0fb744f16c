using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Steps of a sequence that differ from row to row.</summary>
internal static class MaskedSteps
{
    /// <summary>The last step of each row that is there: [T, B, …] becomes [B, …].</summary>
    public static Tensor Last(Tape tape, Tensor input, SequenceMask mask, string where)
    {
        mask.Require(input, where);
        ReadOnlySpan<int> lengths = mask.Lengths;
        int[] rows = new int[lengths.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = lengths[row] > 0
                ? ((lengths[row] - 1) * rows.Length) + row
                : throw new ArgumentException(
                    $"{where}: row {row} of the batch has no step, but a last one is needed. Leave empty sequences out of the batch.", nameof(mask));
        }

        int count = input.Shape[0] * input.Shape[1];
        int width = count == 0 ? 0 : input.Length / count;
        Tensor picked = Tensors.Operations.Embedding.Forward(tape, Reshape.Forward(tape, input, count, width), rows, rows.Length);
        return Reshape.Forward(tape, picked, [.. input.Shape[1..]]);
    }
}
