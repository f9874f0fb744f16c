using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend.Bodies;

/// <summary>What <see cref="AsyncCopy"/> means on a device whose copies do not go on by themselves: they happen at once.</summary>
internal static class AsyncCopyBodies
{
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

    public static void Commit()
    {
    }

    public static void Wait(int newest) => _ = newest;
}
