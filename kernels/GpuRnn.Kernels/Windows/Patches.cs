using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Windows;

/// <summary>Lays what each window of an image reads in a row, so that a convolution becomes one product with the weights ("im2col").</summary>
/// <remarks>
/// Chellapilla, Puri and Simard (2006). Channels lie innermost, so neighbouring columns of a window that lie next to each other in the image are one run of
/// memory, and every run is copied in one sweep. The gradient of the image is <see cref="WindowSums"/> over the gradient of the patches.
/// </remarks>
public static class Patches
{
    /// <summary>The kernels that the library uses: an element a thread, and sixteen at a time where a thread of the device has vectors.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => new[] { false, true }.Select(FormFor);

    /// <summary>The kernel for a device.</summary>
    /// <param name="hasVectors">True where a thread of the device has vectors. A GPU's has none.</param>
    public static MethodInfo FormFor(bool hasVectors) =>
        typeof(Patches).GetMethod(nameof(Forward))!.MakeGenericMethod(hasVectors ? typeof(F32Vector<Lanes16>) : typeof(F32));

    /// <summary>target[position, tap, channel] = source at that tap of the position's window; zeros outside the source.</summary>
    /// <remarks>
    /// Threads: index.X is the piece of the runs, index.Y the position of the window, extent (⌈runColumns · channels / piece⌉, positions). Aliasing: none.
    /// Deterministic. Bandwidth is the limit: where one thread has vectors, a piece is the whole run, so that places are found once for all of
    /// it; where neighbouring threads should write neighbouring elements it is one element. Both axes have the divisor 1.
    /// </remarks>
    public static void Forward<TLane>(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [images, rows, columns, channels]
        ArrayView1D<float, Stride1D.Dense> target,  // [positions, taps · channels]; set
        WindowAxis rows,
        WindowAxis columns,
        int channels,
        int runColumns,                             // all taps of a row where the dilation is 1, else 1
        int piece)                                  // elements of each run that a thread copies
        where TLane : struct, IVectorReal<TLane>
    {
        int line = index.Y / columns.TargetCount;
        int column = index.Y - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int row = line - (image * rows.TargetCount);
        int run = runColumns * channels;
        int width = columns.SourceCount * channels;
        int begin = index.X * piece;
        int end = XMath.Min(begin + piece, run);
        int whole = end - ((end - begin) % TLane.Count);
        int to = index.Y * rows.Taps * columns.Taps * channels;
        for (int rowTap = 0; rowTap < rows.Taps; rowTap++)
        {
            int sourceRow = (row * rows.Step) + (rowTap * rows.TapStep) - rows.Offset;
            bool isThere = sourceRow >= 0 && sourceRow < rows.SourceCount;
            int from = ((image * rows.SourceCount) + sourceRow) * width;
            for (int columnTap = 0; columnTap < columns.Taps; columnTap += runColumns)
            {
                int element = ((column * columns.Step) + (columnTap * columns.TapStep) - columns.Offset) * channels;
                if (isThere && element + begin >= 0 && element + end <= width)
                {
                    for (int i = begin; i < whole; i += TLane.Count)
                    {
                        TLane.Store(target.BaseView, to + i, TLane.Load(source.BaseView, from + element + i));
                    }

                    if (whole < end)
                    {
                        TLane.StoreFirst(target.BaseView, to + whole, end - whole, TLane.LoadFirst(source.BaseView, from + element + whole, end - whole));
                    }
                }
                else
                {
                    for (int i = begin; i < end; i++)
                    {
                        float value = 0f;
                        if (isThere && element + i >= 0 && element + i < width)
                        {
                            value = source[from + element + i];
                        }

                        target[to + i] = value;
                    }
                }

                to += run;
            }
        }
    }
}
