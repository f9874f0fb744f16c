using System.Runtime.CompilerServices;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>Copies short rows in whole registers, and what is left number by number: a call of the runtime's copy costs more than the rows.</summary>
internal static unsafe class LaneCopy
{
    /// <summary>Copies numbers that do not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TLane>(float* source, float* target, int count)
        where TLane : struct, IVectorLane<TLane>
    {
        int i = 0;
        for (; i + TLane.Count <= count; i += TLane.Count)
        {
            TLane.Store(target + i, TLane.Load(source + i));
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }
}
