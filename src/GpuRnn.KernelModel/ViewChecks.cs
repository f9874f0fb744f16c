using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>The checks of view accesses and their messages, kept out of the inlined fast path.</summary>
internal static class ViewChecks
{
    internal static void RequireElement(object? source, long index, long length, Type elementType)
    {
        if ((ulong)index >= (ulong)length)
        {
            ThrowElement(index, length, elementType);
        }

        RequireAlive(source);
    }

    internal static void RequireAlive(object? source)
    {
        if (source is IViewSource { IsAlive: false } dead)
        {
            throw new ObjectDisposedException(
                dead.Description,
                $"ArrayView: its memory, {dead.Description}, was disposed, but a live buffer was needed. Keep the buffer until its views are done.");
        }
    }

    internal static void RequireInBounds(Index1D index, Index1D extent)
    {
        if (!index.InBounds(extent))
        {
            ThrowIndex(index.ToString(), extent.ToString());
        }
    }

    internal static void RequireInBounds(LongIndex1D index, LongIndex1D extent)
    {
        if (!index.InBounds(extent))
        {
            ThrowIndex(index.ToString(), extent.ToString());
        }
    }

    internal static void RequireInBounds(Index2D index, Index2D extent)
    {
        if (!index.InBounds(extent))
        {
            ThrowIndex(index.ToString(), extent.ToString());
        }
    }

    internal static void RequireInBounds(LongIndex2D index, LongIndex2D extent)
    {
        if (!index.InBounds(extent))
        {
            ThrowIndex(index.ToString(), extent.ToString());
        }
    }

    internal static void RequireSubView(string where, long index, long subViewLength, long length)
    {
        if (index < 0 || subViewLength < 0 || index > length - subViewLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index),
                $"{where}: start {index} and length {subViewLength} arrived, but they must lie inside a view of length {length}. "
                + "Pass a start and a length whose sum is at most the view's length.");
        }
    }

    [DoesNotReturn]
    private static void ThrowElement(long index, long length, Type elementType) =>
        throw new IndexOutOfRangeException(
            $"ArrayView<{elementType.Name}>: index {index} arrived, but the view has length {length}, so 0 to {length - 1} was needed. "
            + "Check the kernel's index arithmetic or the extent of its launch.");

    [DoesNotReturn]
    private static void ThrowIndex(string index, string extent) =>
        throw new IndexOutOfRangeException(
            $"ArrayView: index {index} arrived, but the view has extent {extent}. "
            + "Check the kernel's index arithmetic or the extent of its launch.");
}
