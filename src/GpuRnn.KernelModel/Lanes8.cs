using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>Eight numbers: a register of 256 bits.</summary>
public readonly struct Lanes8 : ILaneCount
{
    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }
}
