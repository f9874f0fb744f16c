using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The exchange of the blocks that share a row tile: two buffers in global memory, and a counter that only ever rises.</summary>
/// <remarks>
/// <para>
/// Each block adds one to the tile's counter when it has written a round, so round t is complete at blocks·(t + 1). Blocks of other row
/// tiles have another counter and are never waited for.
/// </para>
/// <para>
/// Two buffers are enough: a block writes round t + 2 over round t only when it has seen round t + 1 complete, and every block had read
/// round t before it wrote to round t + 1.
/// </para>
/// </remarks>
internal struct GridExchange : IExchange
{
    private readonly ArrayView<float> _memory;
    private readonly ArrayView<int> _counters;
    private readonly int _first;
    private readonly int _length;
    private readonly int _counter;

    /// <summary>Uses the buffers and the counter of the calling block's row tile.</summary>
    /// <param name="memory">Two vectors for each row of each tile.</param>
    /// <param name="counters">Zeros before the launch; <see cref="PersistentForward.CounterStride"/> apart.</param>
    /// <param name="length">Elements of a round: a vector's length times the tile's rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GridExchange(ArrayView<float> memory, ArrayView<int> counters, int length)
    {
        _memory = memory;
        _counters = counters;
        _first = Grid.IdxY * 2 * length;
        _length = length;
        _counter = Grid.IdxY * PersistentForward.CounterStride;
    }

    /// <inheritdoc/>
    public readonly ArrayView<float> Memory
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _memory;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Start(int round) => _first + ((round & 1) * _length);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Arrive()
    {
        if (Group.IsFirstThread)
        {
            // Releases what the whole block wrote before the barrier in front of this.
            GlobalMemory.AddRelease(ref _counters[_counter], 1);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Wait(int round)
    {
        if (Group.IsFirstThread)
        {
            int needed = Grid.DimX * (round + 1);
            while (GlobalMemory.LoadAcquire(ref _counters[_counter]) < needed)
            {
            }
        }

        // After this: what all blocks of the tile released in this round is visible to the whole group, as it is to the first thread.
        Group.Barrier();
    }
}
