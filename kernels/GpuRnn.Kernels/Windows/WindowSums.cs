using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Windows;

/// <summary>The sum of what each window reads: mean pooling, its gradient, and the gradient of <see cref="Patches"/>.</summary>
/// <remarks>Each target gathers its own sum, taps ascending, rows before columns: no atomics, the same bits on every device.</remarks>
public static class WindowSums
{
    /// <summary>The kernels that the library uses: a channel a thread, and sixteen at a time where a thread of the device has vectors.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => new[] { false, true }.Select(FormFor);

    /// <summary>The kernel for a device.</summary>
    /// <param name="hasVectors">True where a thread of the device has vectors. A GPU's has none.</param>
    public static MethodInfo FormFor(bool hasVectors) =>
        typeof(WindowSums).GetMethod(nameof(Forward))!.MakeGenericMethod(hasVectors ? typeof(F32Vector<Lanes16>) : typeof(F32));

    /// <summary>target[position, channel] = factor · Σ over the taps of its window of source[position of the tap, tap, channel].</summary>
    /// <remarks>
    /// Threads: index.X is the piece of the channels, index.Y the position (image, row, column), extent (⌈channels / piece⌉, positions). Aliasing: none.
    /// With tapStride 0 all taps read the same element of a position, as pooling does; with tapStride = channels each tap has its own, as patches have.
    /// The piece is chosen as for <see cref="Patches"/>.
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
        int piece)                                  // channels that a thread sums
        where TLane : struct, IVectorReal<TLane>
    {
        int line = index.Y / columns.TargetCount;
        int column = index.Y - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int row = line - (image * rows.TargetCount);
        int firstRow = rows.FirstTap(row);
        int endOfRows = rows.EndTap(row);
        int firstColumn = columns.FirstTap(column);
        int endOfColumns = columns.EndTap(column);
        int begin = index.X * piece;
        int end = XMath.Min(begin + piece, channels);
        for (int channel = begin; channel < end; channel += TLane.Count)
        {
            TLane sum = TLane.Zero;
            for (int rowTap = firstRow; rowTap < endOfRows; rowTap++)
            {
                int sourceRow = rows.SourceOf(row, rowTap);
                for (int columnTap = firstColumn; columnTap < endOfColumns; columnTap++)
                {
                    int sourceColumn = columns.SourceOf(column, columnTap);
                    if (sourceRow >= 0 && sourceColumn >= 0)
                    {
                        int position = (((image * rows.SourceCount) + sourceRow) * columns.SourceCount) + sourceColumn;
                        int tap = (rowTap * columns.Taps) + columnTap;
                        sum = sum + TLane.LoadFirst(source.BaseView, (position * positionStride) + (tap * tapStride) + channel, end - channel);
                    }
                }
            }

            TLane.StoreFirst(target.BaseView, (index.Y * channels) + channel, end - channel, TLane.Broadcast(factor) * sum);
        }
    }
}
