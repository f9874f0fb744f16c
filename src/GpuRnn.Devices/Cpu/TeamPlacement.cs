using GpuRnn.Devices.Cpu.Native;

namespace GpuRnn.Devices.Cpu;

/// <summary>Keeps the threads of a team on processors of their own, where Linux does not.</summary>
/// <remarks>
/// Threads that meet at a <see cref="SpinBarrier"/> must run at the same time. A thread that wakes up may be put beside the one that woke it, also where another
/// processor is idle, and stay there for a whole pass: then each waits for the other's time slice at every meeting. Measured on two Zen 5 cores, in turn with
/// another engine: passes of an Elman network (T = 64, B = 32, H = 256, training) of 3.4 or 13.8 ms, of an LSTM (inference) of 4.9 or 14 to 16 ms; with every
/// thread on its own processor never
/// (bench/results/2026-11-22-zen5-2core-placement). So a worker that finds itself beside another one moves away, and stays away from that processor.
/// The caller's own thread is never bound.
/// </remarks>
internal sealed unsafe class TeamPlacement
{
    private const int MaskWords = 16;

    // Elements from one worker's number to the next, so that no two share a cache line.
    private const int Stride = 32;

    private readonly ulong[] _allowed;
    private readonly int[] _processors;

    private TeamPlacement(ulong[] allowed, int workerCount)
    {
        _allowed = allowed;
        _processors = new int[(workerCount + 1) * Stride];
        Array.Fill(_processors, -1);
    }

    /// <summary>For a team that has a processor for each worker; null for any other, and where the system cannot tell.</summary>
    public static TeamPlacement? Create(int workerCount)
    {
        if (workerCount == 1 || !LinuxLibrary.IsPresent)
        {
            return null;
        }

        ulong[] allowed = new ulong[MaskWords];
        return TryRead(allowed) && allowed.Sum(word => long.PopCount((long)word)) >= workerCount ? new TeamPlacement(allowed, workerCount) : null;
    }

    /// <summary>Says where a worker runs; a worker other than the caller that finds another one there moves to a free processor.</summary>
    public void Settle(int worker)
    {
        int own = LinuxLibrary.sched_getcpu();
        Volatile.Write(ref _processors[(worker + 1) * Stride], own);
        for (int other = 0; other < worker; other++)
        {
            if (Volatile.Read(ref _processors[(other + 1) * Stride]) == own)
            {
                MoveAway(worker);
                return;
            }
        }
    }

    private static bool TryRead(ulong[] mask)
    {
        fixed (ulong* words = mask)
        {
            return LinuxLibrary.sched_getaffinity(0, MaskWords * sizeof(ulong), words) == 0 && LinuxLibrary.sched_getcpu() >= 0;
        }
    }

    // To the processors that no other worker was on when it last said so.
    private void MoveAway(int worker)
    {
        ulong* words = stackalloc ulong[MaskWords];
        for (int i = 0; i < MaskWords; i++)
        {
            words[i] = _allowed[i];
        }

        for (int other = Stride; other < _processors.Length; other += Stride)
        {
            int processor = Volatile.Read(ref _processors[other]);
            if (processor >= 0)
            {
                words[processor / 64] &= ~(1UL << (processor % 64));
            }
        }

        // Where none is left the system refuses, and the worker stays: two others have changed places meanwhile.
        if (LinuxLibrary.sched_setaffinity(0, MaskWords * sizeof(ulong), words) == 0)
        {
            Volatile.Write(ref _processors[(worker + 1) * Stride], LinuxLibrary.sched_getcpu());
        }
    }
}
