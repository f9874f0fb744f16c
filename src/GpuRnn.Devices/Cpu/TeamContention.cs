using System.Diagnostics;

namespace GpuRnn.Devices.Cpu;

/// <summary>Notices that other programs keep a team's threads from running together, and for how long its caller had better work alone.</summary>
/// <remarks>
/// Threads that meet hundreds of times in a pass must all be running. Where another program has half of each processor, both of two threads run for a quarter of
/// the time at best, and each meeting that one of them misses lasts until the system gives it a processor again, milliseconds later; one thread alone has its half.
/// So where most of the team's time is waiting, the caller goes on alone for a while, then tries again: each time that fails at once twice as long as the time
/// before, up to a second. A team that worked well for 20 ms in between begins with the shortest time: judged by the clock alone, a compiler's thread at
/// start-up had let a second become the rule, and on an idle machine a wait now and then kept it so (an LSTM's training step of two layers of 200 units: 8.5 ms by
/// two threads, 16 ms alone for most of the time).
/// </remarks>
internal sealed class TeamContention
{
    // Of the time of each worker beside the caller. Where some have two panels and others one, with nobody in the way, it is half at most.
    private const double MostWaiting = 0.6;

    // Older runs count less: by half when the team has worked for so long since.
    private static readonly double s_memory = 0.02 * Stopwatch.Frequency;
    private static readonly double s_leastEvidence = 0.006 * Stopwatch.Frequency;
    private static readonly long s_shortestTime = Stopwatch.Frequency / 100;
    private static readonly long s_longestTime = Stopwatch.Frequency;

    private double _waited;
    private double _took;
    private double _tookSinceAlone;
    private long _time;
    private long _aloneUntil;

    /// <summary>Whether the caller should work alone now, in ticks of <see cref="Stopwatch"/>.</summary>
    public bool IsAlone(long now) => now < _aloneUntil;

    /// <summary>Learns from a run of the whole team.</summary>
    /// <param name="now">Its end, in ticks.</param>
    /// <param name="took">How long it lasted.</param>
    /// <param name="waited">What workers waited at barriers and the caller at the end, beyond the first moments of each wait.</param>
    /// <param name="workerCount">All workers, the caller included.</param>
    public void Learn(long now, long took, long waited, int workerCount)
    {
        double kept = s_memory / (s_memory + took);
        _waited = (_waited * kept) + waited;
        _took = (_took * kept) + took;
        double before = _tookSinceAlone;
        _tookSinceAlone += took;
        if (_took < s_leastEvidence || _waited < MostWaiting * _took * (workerCount - 1))
        {
            return;
        }

        _time = before < s_memory && now - _aloneUntil < 4 * _time ? Math.Min(2 * _time, s_longestTime) : s_shortestTime;
        _aloneUntil = now + _time;
        _waited = _took = _tookSinceAlone = 0.0;
    }
}
