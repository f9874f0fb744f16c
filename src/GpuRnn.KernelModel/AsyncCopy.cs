using GpuRnn.KernelModel.Execution;

namespace GpuRnn.KernelModel;

/// <summary>Copies from device memory into shared memory that go on while the work-item computes.</summary>
/// <remarks>
/// <para>
/// An extension of the model: <c>cp.async</c> of NVIDIA's GPUs from sm_80 on; other devices copy at once or when the work-item waits. A copy
/// begins with the call and has ended, for the work-item that made it, behind the <see cref="Wait"/> for the <see cref="Commit"/> that followed it; for
/// others behind a barrier after that. Until then what the target holds is undefined, and the source must not change.
/// </para>
/// <para>
/// One call moves 4, 8 or 16 bytes, a number that is known when compiling, between addresses that are multiples of it. As plain C# the copy
/// happens in <see cref="Wait"/>, so that a forgotten one shows.
/// </para>
/// </remarks>
public static unsafe class AsyncCopy
{
    /// <summary>Copies neighbouring elements.</summary>
    /// <param name="target">Shared memory.</param>
    /// <param name="targetIndex">The first element to write.</param>
    /// <param name="source">Device memory.</param>
    /// <param name="sourceIndex">The first element to read.</param>
    /// <param name="count">How many elements, a constant.</param>
    /// <exception cref="InvalidOperationException">These are not 4, 8 or 16 bytes, or an address is no multiple of them.</exception>
    public static void ToShared<T>(ArrayView<T> target, int targetIndex, ArrayView<T> source, int sourceIndex, int count)
        where T : unmanaged => ToSharedFirst(target, targetIndex, source, sourceIndex, count, count);

    /// <summary>Copies the first of neighbouring elements; zeros stand for the others.</summary>
    /// <param name="target">As in <see cref="ToShared{T}"/>.</param>
    /// <param name="targetIndex">As in <see cref="ToShared{T}"/>.</param>
    /// <param name="source">As in <see cref="ToShared{T}"/>; nothing behind the elements that are read needs to be there.</param>
    /// <param name="sourceIndex">As in <see cref="ToShared{T}"/>; of no meaning when nothing is read, but then too of an address that is a multiple.</param>
    /// <param name="count">How many elements are written, a constant.</param>
    /// <param name="validCount">How many of them are read: 0 to <paramref name="count"/>.</param>
    /// <exception cref="InvalidOperationException">As in <see cref="ToShared{T}"/>.</exception>
    public static void ToSharedFirst<T>(ArrayView<T> target, int targetIndex, ArrayView<T> source, int sourceIndex, int count, int validCount)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("AsyncCopy.ToShared");
        T* to = target.HostPointer + targetIndex;
        T* from = source.HostPointer + sourceIndex;
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireSubView("AsyncCopy.ToShared", targetIndex, count, target.Length);
            ViewChecks.RequireSubView("AsyncCopy.ToShared", 0, validCount, count);
            ViewChecks.RequireSubView("AsyncCopy.ToShared", validCount == 0 ? 0 : sourceIndex, validCount, source.Length);
            ViewChecks.RequireAlive(source.Source);
        }

        ViewChecks.RequireCopy("AsyncCopy.ToShared", (long)count * sizeof(T), (nint)to, (nint)from);
        item.Copies.Add((byte*)to, (byte*)from, count * sizeof(T), validCount * sizeof(T));
    }

    /// <summary>Makes one set of all copies that the work-item has begun since it last called this.</summary>
    public static void Commit() => WorkItem.Current("AsyncCopy.Commit").Copies.Commit();

    /// <summary>Waits until of the work-item's sets all but the newest few have ended.</summary>
    /// <param name="newest">How many sets may go on; a constant, 0 for none.</param>
    public static void Wait(int newest) => WorkItem.Current("AsyncCopy.Wait").Copies.Wait(newest);
}
