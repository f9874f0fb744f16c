using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>Four numbers: a register of 128 bits.</summary>
public readonly struct Lanes4 : ILaneCount
{
    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }
}
