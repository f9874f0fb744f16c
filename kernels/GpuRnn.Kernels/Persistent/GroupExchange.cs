using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The exchange of a block that holds all units of its rows: shared memory, and no other block to wait for.</summary>
/// <remarks>
/// One buffer is enough. The barrier behind the product stands between its reads and the next round's writes, the barrier before
/// <see cref="Arrive"/> between these writes and the next product's reads.
/// </remarks>
internal struct GroupExchange : IExchange
{
    private readonly ArrayView<float> _memory;

    /// <summary>Uses shared memory of at least the vector's length times the tile's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GroupExchange(ArrayView<float> memory)
    {
        _memory = memory;
    }

    /// <inheritdoc/>
    public readonly ArrayView<float> Memory
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _memory;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Start(int round) => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Arrive()
    {
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Wait(int round)
    {
    }
}
