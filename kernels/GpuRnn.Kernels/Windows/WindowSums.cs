using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Windows;

/// <summary>The sum of what each window reads: mean pooling, its gradient, and the gradient of <see cref="Patches"/>.</summary>
/// <remarks>Each target gathers its own sum, taps ascending, rows before columns: no atomics, the same bits on every device.</remarks>
public static class WindowSums
{
    /// <summary>The kernels that the library uses: a channel a thread, and whole lines with sixteen at a time where a thread of the device has vectors.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => new[] { false, true }.Select(FormFor);

    /// <summary>The kernel for a device.</summary>
    /// <param name="hasVectors">True where a thread of the device has vectors. A GPU's has none.</param>
    public static MethodInfo FormFor(bool hasVectors) =>
        typeof(WindowSums).GetMethod(nameof(Forward))!.MakeGenericMethod(hasVectors ? typeof(F32Vector<Lanes16>) : typeof(F32));

    /// <summary>target[position, channel] = factor · Σ over the taps of its window of source[position of the tap, tap, channel].</summary>
    /// <remarks>
    /// Threads: index.X is the piece of the channels, index.Y the first of the thread's positions (image, row, column), divided by how many it has; extent
    /// (⌈channels / piece⌉, positions / targets). Aliasing: none. With tapStride 0 all taps read the same element of a position, as pooling does; with
    /// tapStride = channels each tap has its own, as patches have. Pieces and targets are chosen as for <see cref="Patches"/>.
    /// </remarks>
    public static void Forward<TLane>(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [images, rows, columns, positionStride]
        ArrayView1D<float, Stride1D.Dense> target,  // [images, rows, columns, channels]; set
        WindowAxis rows,
        WindowAxis columns,
        int channels,
        int positionStride,                         // elements from one position of the source to the next
        int tapStride,                              // elements from one tap to the next within a position
        float factor,
        int piece,                                  // channels that a thread sums
        int targets)                                // positions of a thread: 1, or all of a line
        where TLane : struct, IVectorReal<TLane>
    {
        int position = index.Y * targets;
        int line = position / columns.TargetCount;
        int column = position - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int row = line - (image * rows.TargetCount);
        int begin = index.X * piece;
        int end = XMath.Min(begin + piece, channels);
        int last = end - TLane.Count;
        for (int i = 0; i < targets; i++)
        {
            int to = (position + i) * channels;
            int firstImageRow = image * rows.SourceCount;
            if (last < begin)
            {
                for (int channel = begin; channel < end; channel++)
                {
                    target[to + channel] = (new F32(factor) * Sum<F32>(source.BaseView, rows, columns, row, column + i, firstImageRow, positionStride, tapStride, channel)).Value;
                }
            }
            else
            {
                // The last register may cover channels of the one before again.
                for (int channel = begin; channel < end; channel += TLane.Count)
                {
                    int at = XMath.Min(channel, last);
                    TLane sum = Sum<TLane>(source.BaseView, rows, columns, row, column + i, firstImageRow, positionStride, tapStride, at);
                    TLane.Store(target.BaseView, to + at, TLane.Broadcast(factor) * sum);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Sum<TLane>(
        ArrayView<float> source, WindowAxis rows, WindowAxis columns, int row, int column, int firstImageRow, int positionStride, int tapStride, int channel)
        where TLane : struct, IVectorReal<TLane>
    {
        TLane sum = TLane.Zero;
        int endOfRows = rows.EndTap(row);
        int firstColumn = columns.FirstTap(column);
        int endOfColumns = columns.EndTap(column);
        for (int rowTap = rows.FirstTap(row); rowTap < endOfRows; rowTap++)
        {
            int sourceRow = rows.SourceOf(row, rowTap);
            for (int columnTap = firstColumn; columnTap < endOfColumns; columnTap++)
            {
                int sourceColumn = columns.SourceOf(column, columnTap);
                if (sourceRow >= 0 && sourceColumn >= 0)
                {
                    int place = ((firstImageRow + sourceRow) * columns.SourceCount) + sourceColumn;
                    int tap = (rowTap * columns.Taps) + columnTap;
                    sum = sum + TLane.Load(source, (place * positionStride) + (tap * tapStride) + channel);
                }
            }
        }

        return sum;
    }
}
