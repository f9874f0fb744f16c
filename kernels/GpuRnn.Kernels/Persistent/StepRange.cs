using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The steps in which a row tile has rows.</summary>
/// <remarks>Rows are sorted by length, so these steps follow each other. All blocks of the tile find the same ones, and none waits in others.</remarks>
internal readonly struct StepRange
{
    /// <summary>The first of them, in the order of the forward loop.</summary>
    public readonly int Begin;

    /// <summary>The one behind the last.</summary>
    public readonly int End;

    /// <summary>Searches for them.</summary>
    /// <param name="steps">For each step in the order of the forward loop: its first row, its rows.</param>
    /// <param name="count">How many steps there are.</param>
    /// <param name="tileRow">First row of the tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepRange(ArrayView<int> steps, int count, int tileRow)
    {
        Begin = 0;
        End = count;
        while (Begin < End && RowCount(steps, Begin) <= tileRow)
        {
            Begin++;
        }

        while (Begin < End && RowCount(steps, End - 1) <= tileRow)
        {
            End--;
        }
    }

    /// <summary>First packed row of a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstRow(ArrayView<int> steps, int step) => steps[2 * step];

    /// <summary>Rows of a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RowCount(ArrayView<int> steps, int step) => steps[(2 * step) + 1];
}
