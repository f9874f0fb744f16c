using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Keeps what stands at absent steps away from layers that mix steps.</summary>
internal static class PresentSteps
{
    /// <summary>Zeros at absent steps.</summary>
    public static Tensor Clear(Tape tape, Tensor input, SequenceMask mask, string where)
    {
        mask.Require(input, where);
        int[] rows = [.. Enumerable.Range(0, mask.TimeSteps * mask.BatchSize).Select(row => IsPresent(mask, row) ? row : -1)];
        Tensor cleared = PickRows.Forward(tape, Rows(tape, input), rows);
        return Reshape.Forward(tape, cleared, [.. input.Shape]);
    }

    /// <summary>Below every number at absent steps.</summary>
    public static Tensor Lower(Tape tape, Tensor input, SequenceMask mask, string where)
    {
        Tensor cleared = Clear(tape, input, mask, where);
        int width = mask.TimeSteps * mask.BatchSize == 0 ? 0 : input.Length / (mask.TimeSteps * mask.BatchSize);
        float[] lowered = new float[input.Length];
        for (int i = 0; i < lowered.Length; i++)
        {
            lowered[i] = IsPresent(mask, i / width) ? 0.0f : float.NegativeInfinity;
        }

        return Add.Forward(tape, cleared, tape.Input(lowered, input.Shape));
    }

    /// <summary>The present steps alone, one after the other: [T, B, …] becomes [P, …].</summary>
    public static Tensor Pack(Tape tape, Tensor input, SequenceMask mask, string where)
    {
        mask.Require(input, where);
        return PickRows.Forward(tape, Rows(tape, input), [.. Present(mask)]);
    }

    /// <summary>Puts present steps back between zeros: [P, …] becomes [T, B, …].</summary>
    public static Tensor Unpack(Tape tape, Tensor packed, SequenceMask mask)
    {
        int[] rows = new int[mask.TimeSteps * mask.BatchSize];
        Array.Fill(rows, -1);
        int next = 0;
        foreach (int row in Present(mask))
        {
            rows[row] = next++;
        }

        return Reshape.Forward(tape, PickRows.Forward(tape, packed, rows), [mask.TimeSteps, mask.BatchSize, .. packed.Shape[1..]]);
    }

    private static IEnumerable<int> Present(SequenceMask mask) => Enumerable.Range(0, mask.TimeSteps * mask.BatchSize).Where(row => IsPresent(mask, row));

    private static bool IsPresent(SequenceMask mask, int row) => mask.IsPresent(row / mask.BatchSize, row % mask.BatchSize);

    private static Tensor Rows(Tape tape, Tensor input) => Reshape.Forward(tape, input, [input.Shape[0] * input.Shape[1], .. input.Shape[2..]]);
}
