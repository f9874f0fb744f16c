using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>One tile more.</summary>
/// <typeparam name="TFewer">The others.</typeparam>
public readonly struct MoreTiles<TFewer> : ITileCount
    where TFewer : struct, ITileCount
{
    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TFewer.Count + 1;
    }
}
