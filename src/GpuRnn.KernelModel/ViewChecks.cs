using System.Diagnostics.CodeAnalysis;
using GpuRnn.KernelModel.Execution;

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

    internal static void RequireWholeWarps(string where)
    {
        int size = WorkItem.Current(where).Group.Size;
        if (size % Warp.WarpSize != 0)
        {
            throw new InvalidOperationException(
                $"{where}: the group has {size} work-items, but a multiple of {Warp.WarpSize} was needed. Launch whole warps.");
        }
    }

    internal static void RequireAlignment(nint address, int alignmentInBytes)
    {
        if (address % alignmentInBytes != 0)
        {
            throw new ArgumentException(
                $"ArrayView.AsAligned: the view begins {address % alignmentInBytes} bytes behind a multiple of {alignmentInBytes}, but a multiple was "
                + "needed. Begin the view elsewhere, or do not call it aligned.");
        }
    }

    internal static void RequireCopy(string where, long bytes, nint target, nint source)
    {
        if (bytes is not (4 or 8 or 16))
        {
            throw new InvalidOperationException($"{where}: {bytes} bytes arrived, but 4, 8 or 16 were needed. Copy more in several calls.");
        }

        if (target % bytes != 0 || source % bytes != 0)
        {
            throw new InvalidOperationException(
                $"{where}: {bytes} bytes begin {target % bytes} bytes behind a multiple of {bytes} in the target and {source % bytes} in the "
                + "source, but multiples were needed in both. Copy fewer bytes at a time, or begin elsewhere.");
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
