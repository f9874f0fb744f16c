using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>What becomes of the steps of sequences over which windows slide.</summary>
internal static class TimeWindows
{
    /// <summary>True where every window belongs to the step of the same number.</summary>
    public static bool KeepTime(SlidingWindow window) => window.Stride == 1 && window.Padding + window.PaddingAfter == window.Reach - 1;

    /// <summary>The steps of the output that a sequence would have alone.</summary>
    /// <exception cref="ArgumentException">The windows do not keep the time, and a row begins late or has gaps.</exception>
    public static SequenceMask? MaskAfter(SequenceMask? mask, SlidingWindow window, string where)
    {
        if (mask is null || KeepTime(window))
        {
            return mask;
        }

        mask.RequireRightPadded(where, $"windows of {window}, which do not keep the time, need");

        int[] lengths = [.. mask.Lengths];
        for (int row = 0; row < lengths.Length; row++)
        {
            lengths[row] = lengths[row] == 0 ? 0 : window.CountOver(lengths[row]);
        }

        return SequenceMask.FromLengths(window.CountOver(mask.TimeSteps), lengths);
    }

    /// <summary>Runs something over windows so that absent steps are zeros, before and after.</summary>
    public static Tensor Forward(Tape tape, Tensor input, SequenceMask? mask, SlidingWindow window, string where, Func<Tensor, Tensor> operation)
    {
        if (mask is null)
        {
            return operation(input);
        }

        SequenceMask after = MaskAfter(mask, window, where)!;
        return PresentSteps.Clear(tape, operation(PresentSteps.Clear(tape, input, mask, where)), after, where);
    }
}
