using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A single tile.</summary>
public readonly struct OneTile : ITileCount
{
    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }
}
