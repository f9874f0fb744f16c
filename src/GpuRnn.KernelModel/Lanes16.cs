using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>Sixteen numbers: a register of 512 bits.</summary>
public readonly struct Lanes16 : ILaneCount
{
    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }
}
