using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's AsyncCopy in the ILGPU build: the copies happen at once.</summary>
public static class AsyncCopy
{
    /// <summary>Copies neighbouring elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToShared<T>(ArrayView<T> target, int targetIndex, ArrayView<T> source, int sourceIndex, int count)
        where T : unmanaged => ToSharedFirst(target, targetIndex, source, sourceIndex, count, count);

    /// <summary>Copies the first of neighbouring elements; zeros stand for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToSharedFirst<T>(ArrayView<T> target, int targetIndex, ArrayView<T> source, int sourceIndex, int count, int validCount)
        where T : unmanaged
    {
        for (int i = 0; i < count; i++)
        {
            if (i < validCount)
            {
                target[targetIndex + i] = source[sourceIndex + i];
            }
            else
            {
                target[targetIndex + i] = default;
            }
        }
    }

    /// <summary>Ends a set of copies, which have happened already.</summary>
    public static void Commit()
    {
    }

    /// <summary>Waits for nothing.</summary>
    public static void Wait(int newest) => _ = newest;
}
