using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Cpu;

/// <summary>A barrier for a fixed number of threads that are all running: it spins, so that a meeting costs some 50 ns.</summary>
/// <remarks>
/// A waiter that has spun for some 20 to 90 µs, as long as the processor pauses, yields its core between looks, so that an oversubscribed machine makes progress.
/// Beside another busy process a meeting can so last that process's time slice. Sleeping after 100 µs more was tried (two cores, one busy process): it
/// changed nothing, as Linux does not move the missing thread to the free core at once; <see cref="TeamPlacement"/> does.
/// Everything written before a thread's <see cref="Wait"/> is visible to every thread after it.
/// </remarks>
public sealed class SpinBarrier
{
    private const int SpinsBeforeYield = 2000;

    private readonly int _participants;
    private Counters _counters;

    /// <summary>Builds a barrier for <paramref name="participants"/> threads.</summary>
    public SpinBarrier(int participants)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        _participants = participants;
    }

    /// <summary>Waits until all participants have arrived.</summary>
    /// <exception cref="OperationCanceledException">Another participant failed and will never arrive.</exception>
    public void Wait()
    {
        if (_participants == 1)
        {
            return;
        }

        int phase = Volatile.Read(ref _counters.Phase);
        if (Interlocked.Increment(ref _counters.Arrived) == _participants)
        {
            _counters.Arrived = 0;
            Volatile.Write(ref _counters.Phase, phase + 1);
            return;
        }

        int spins = 0;
        long waitsSince = 0;
        while (Volatile.Read(ref _counters.Phase) == phase)
        {
            if (Volatile.Read(ref _counters.Aborted) != 0)
            {
                throw new OperationCanceledException("SpinBarrier.Wait: another worker failed, so this wait can never end. See that worker's error.");
            }

            if (++spins < SpinsBeforeYield)
            {
                SpinPause.Once();
            }
            else
            {
                waitsSince = waitsSince == 0 ? Stopwatch.GetTimestamp() : waitsSince;
                Thread.Yield();
            }
        }

        if (waitsSince != 0)
        {
            Interlocked.Add(ref _counters.Waited, Stopwatch.GetTimestamp() - waitsSince);
        }
    }

    /// <summary>Ticks that all participants together have waited, beyond the first 20 µs of each wait, since this was last asked; call only while no thread waits.</summary>
    internal long TakeWaited() => Interlocked.Exchange(ref _counters.Waited, 0);

    /// <summary>Releases all present and future waiters with an error, because a participant failed.</summary>
    internal void Abort() => Volatile.Write(ref _counters.Aborted, 1);

    /// <summary>Makes the barrier usable again; call only while no thread waits.</summary>
    internal void Reset()
    {
        _counters.Arrived = 0;
        Volatile.Write(ref _counters.Aborted, 0);
    }

    // Arrivals and phase lie on cache lines of their own: waiters read the phase while others write the arrivals.
    [StructLayout(LayoutKind.Explicit, Size = 320)]
    private struct Counters
    {
        [FieldOffset(64)]
        public int Arrived;

        [FieldOffset(128)]
        public int Phase;

        [FieldOffset(192)]
        public int Aborted;

        [FieldOffset(256)]
        public long Waited;
    }
}
