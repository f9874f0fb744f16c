using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Vectors from and to elements that do not lie side by side, one lane after the other.</summary>
internal static unsafe class LaneMemory
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Vector512<T> Load512<T>(byte* first, nint step)
        where T : unmanaged => Vector512.Create(Load256<T>(first, step), Load256<T>(first + (8 * step), step));

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Vector256<T> Load256<T>(byte* first, nint step)
        where T : unmanaged => Vector256.Create(Load128<T>(first, step), Load128<T>(first + (4 * step), step));

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Vector128<T> Load128<T>(byte* first, nint step)
        where T : unmanaged
    {
        T* lanes = stackalloc T[4];
        for (int i = 0; i < 4; i++)
        {
            lanes[i] = *(T*)(first + (i * step));
        }

        return Vector128.Load(lanes);
    }

    // Lanes are written in ascending order, as the work-items would.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Store512<T>(byte* first, nint step, Vector512<T> value)
        where T : unmanaged
    {
        Store256(first, step, value.GetLower());
        Store256(first + (8 * step), step, value.GetUpper());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Store256<T>(byte* first, nint step, Vector256<T> value)
        where T : unmanaged
    {
        Store128(first, step, value.GetLower());
        Store128(first + (4 * step), step, value.GetUpper());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Store128<T>(byte* first, nint step, Vector128<T> value)
        where T : unmanaged
    {
        for (int i = 0; i < 4; i++)
        {
            *(T*)(first + (i * step)) = value[i];
        }
    }
}
