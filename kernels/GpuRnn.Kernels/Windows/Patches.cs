using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Windows;

/// <summary>Lays what each window of an image reads in a row, so that a convolution becomes one product with the weights ("im2col").</summary>
/// <remarks>
/// Chellapilla, Puri and Simard (2006). Channels lie innermost, so neighbouring columns of a window that lie next to each other in the image are one run of
/// memory, and every run is copied in one sweep. The gradient of the image is <see cref="WindowSums"/> over the gradient of the patches.
/// </remarks>
public static class Patches
{
    /// <summary>The kernels that the library uses: an element a thread, and whole lines with sixteen at a time where a thread of the device has vectors.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => new[] { false, true }.Select(FormFor);

    /// <summary>The kernel for a device.</summary>
    /// <param name="hasVectors">True where a thread of the device has vectors. A GPU's has none.</param>
    public static MethodInfo FormFor(bool hasVectors) =>
        typeof(Patches).GetMethod(nameof(Forward))!.MakeGenericMethod(hasVectors ? typeof(F32Vector<Lanes16>) : typeof(F32));

    /// <summary>target[position, tap, channel] = source at that tap of the position's window; zeros outside the source.</summary>
    /// <remarks>
    /// Threads: index.X is the piece of the runs, index.Y the first of the thread's windows, divided by how many it has; extent
    /// (⌈runColumns · channels / piece⌉, positions / windows). Aliasing: none. Deterministic. Bandwidth is the limit: where one thread has vectors, it copies
    /// whole runs of a line's windows, so that places are found once for all of it; where neighbouring threads should write neighbouring elements
    /// it copies one element of one window's runs. Both axes have the divisor 1.
    /// </remarks>
    public static void Forward<TLane>(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [images, rows, columns, channels]
        ArrayView1D<float, Stride1D.Dense> target,  // [positions, taps · channels]; set
        WindowAxis rows,
        WindowAxis columns,
        int channels,
        int runColumns,                             // all taps of a row where the dilation is 1, else 1
        int piece,                                  // elements of each run that a thread copies
        int windows)                                // windows of a thread: 1, or all of a line
        where TLane : struct, IVectorReal<TLane>
    {
        int position = index.Y * windows;
        int line = position / columns.TargetCount;
        int column = position - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int firstRow = ((line - (image * rows.TargetCount)) * rows.Step) - rows.Offset;
        int run = runColumns * channels;
        int width = columns.SourceCount * channels;
        int begin = index.X * piece;
        int end = XMath.Min(begin + piece, run);
        int to = position * rows.Taps * columns.Taps * channels;
        for (int window = 0; window < windows; window++)
        {
            int firstColumn = ((column + window) * columns.Step) - columns.Offset;
            for (int rowTap = 0; rowTap < rows.Taps; rowTap++)
            {
                int sourceRow = firstRow + (rowTap * rows.TapStep);
                bool isThere = sourceRow >= 0 && sourceRow < rows.SourceCount;
                int from = ((image * rows.SourceCount) + sourceRow) * width;
                for (int columnTap = 0; columnTap < columns.Taps; columnTap += runColumns)
                {
                    int element = (firstColumn + (columnTap * columns.TapStep)) * channels;
                    if (isThere && element + begin >= 0 && element + end <= width)
                    {
                        Copy<TLane>(source.BaseView, from + element, target.BaseView, to, begin, end);
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

    // The last register may cover elements of the one before again, which costs less than a part of one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<TLane>(ArrayView<float> source, int from, ArrayView<float> target, int to, int begin, int end)
        where TLane : struct, IVectorReal<TLane>
    {
        int last = end - TLane.Count;
        if (last < begin)
        {
            for (int i = begin; i < end; i++)
            {
                target[to + i] = source[from + i];
            }
        }
        else
        {
            for (int i = begin; i < last; i += TLane.Count)
            {
                TLane.Store(target, to + i, TLane.Load(source, from + i));
            }

            TLane.Store(target, to + last, TLane.Load(source, from + last));
        }
    }
}
