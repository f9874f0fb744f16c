using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Cpu;

/// <summary>A fixed set of threads that start a common piece of work within microseconds and meet at a spin barrier.</summary>
/// <remarks>
/// The calling thread is worker 0; the others wait for work by spinning briefly, then parked. One piece of work runs at a time:
/// a second caller waits for the first. Starting work from inside work is an error.
/// </remarks>
public sealed class WorkerTeam : IDisposable
{
    // About 100 µs at 10 ns a pause: longer than the gap between the launches of a training step, short enough to cost no power.
    private const int SpinsBeforePark = 10_000;

    private readonly Lock _gate = new();
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wakeUps;
    private readonly int[] _parked;
    private readonly SpinBarrier _barrier;
    private readonly SpinBarrier _alone = new(1);
    private readonly TeamPlacement? _placement;
    private readonly TeamContention? _contention;
    private readonly bool? _together;
    private ITeamWork? _work;
    private Counters _counters;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isDisposed;

    /// <summary>Starts <paramref name="workerCount"/> − 1 background threads.</summary>
    /// <param name="workerCount">All workers, the caller included.</param>
    /// <param name="together">Whether <see cref="RunAny"/> uses all of them: null for what other programs permit.</param>
    public WorkerTeam(int workerCount, bool? together = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workerCount, 1);
        WorkerCount = workerCount;
        _barrier = new SpinBarrier(workerCount);
        _placement = TeamPlacement.Create(workerCount);
        _contention = together is not null || workerCount == 1 ? null : new TeamContention();
        _together = together;
        _threads = new Thread[workerCount - 1];
        _wakeUps = new SemaphoreSlim[workerCount - 1];
        _parked = new int[workerCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _wakeUps[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => WaitForWork(worker)) { IsBackground = true, Name = $"GpuRnn worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>All workers, the caller included.</summary>
    public int WorkerCount { get; }

    /// <summary>Runs <paramref name="work"/> on every worker and returns when all are done.</summary>
    /// <exception cref="InvalidOperationException">Called from inside work of this team.</exception>
    /// <exception cref="ObjectDisposedException">The team was disposed.</exception>
    /// <remarks>Rethrows the first worker's exception, after all workers have stopped.</remarks>
    public void Run(ITeamWork work)
    {
        RequireOutside(work);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            RunTogether(work, null);
        }
    }

    /// <summary>
    /// As <see cref="Run"/>, but on the caller's thread alone, as a team of one, while other programs keep the team's threads from running together: for work
    /// whose results do not depend on the number of workers, and in which no worker has much less to do than others.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called from inside work of this team.</exception>
    /// <exception cref="ObjectDisposedException">The team was disposed.</exception>
    public void RunAny(ITeamWork work)
    {
        RequireOutside(work);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_together == false || _contention?.IsAlone(Stopwatch.GetTimestamp()) == true)
            {
                work.Run(0, 1, _alone);
            }
            else
            {
                RunTogether(work, _contention);
            }
        }
    }

    /// <summary>Stops the threads; work in progress ends first.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            Interlocked.Increment(ref _counters.Generation);
            WakeParked();
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        foreach (SemaphoreSlim wakeUp in _wakeUps)
        {
            wakeUp.Dispose();
        }
    }

    private void RequireOutside(ITeamWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (_gate.IsHeldByCurrentThread || Array.IndexOf(_threads, Thread.CurrentThread) >= 0)
        {
            throw new InvalidOperationException(
                "WorkerTeam: called from inside work of the same team, but one piece of work runs at a time. Start it after the first has ended.");
        }
    }

    private void RunTogether(ITeamWork work, TeamContention? learner)
    {
        long began = Stopwatch.GetTimestamp();
        _work = work;
        _failure = null;
        Volatile.Write(ref _counters.Pending, _threads.Length);
        Interlocked.Increment(ref _counters.Generation);
        WakeParked();
        RunShare(work, 0);
        long waited = AwaitOthers() + _barrier.TakeWaited();
        _work = null;
        if (_failure is not null)
        {
            _barrier.Reset();
            _failure.Throw();
        }

        if (learner is not null)
        {
            long now = Stopwatch.GetTimestamp();
            learner.Learn(now, now - began, waited, WorkerCount);
        }
    }

    private void WakeParked()
    {
        for (int i = 0; i < _parked.Length; i++)
        {
            if (Interlocked.Exchange(ref _parked[i], 0) == 1)
            {
                _wakeUps[i].Release();
            }
        }
    }

    // Gives the ticks waited beyond the first spins.
    private long AwaitOthers()
    {
        int spins = 0;
        long waitsSince = 0;
        while (Volatile.Read(ref _counters.Pending) != 0)
        {
            if (++spins < SpinsBeforePark)
            {
                SpinPause.Once();
            }
            else
            {
                waitsSince = waitsSince == 0 ? Stopwatch.GetTimestamp() : waitsSince;
                Thread.Yield();
            }
        }

        return waitsSince == 0 ? 0 : Stopwatch.GetTimestamp() - waitsSince;
    }

    private void WaitForWork(int worker)
    {
        int seen = 0;
        while (true)
        {
            AwaitGeneration(worker, seen);
            seen = Volatile.Read(ref _counters.Generation);
            if (_isDisposed)
            {
                return;
            }

            ITeamWork? work = _work;
            if (work is not null)
            {
                RunShare(work, worker);
                Interlocked.Decrement(ref _counters.Pending);
            }
        }
    }

    private void AwaitGeneration(int worker, int seen)
    {
        int spins = 0;
        while (Volatile.Read(ref _counters.Generation) == seen)
        {
            if (++spins < SpinsBeforePark)
            {
                SpinPause.Once();
                continue;
            }

            // Announce the parking, then look once more: whoever starts work after the announcement releases the semaphore.
            Interlocked.Exchange(ref _parked[worker - 1], 1);
            if (Volatile.Read(ref _counters.Generation) != seen && Interlocked.Exchange(ref _parked[worker - 1], 0) == 1)
            {
                return;
            }

            _wakeUps[worker - 1].Wait();
        }
    }

    private void RunShare(ITeamWork work, int worker)
    {
        _placement?.Settle(worker);
        try
        {
            work.Run(worker, WorkerCount, _barrier);
        }
        catch (Exception exception)
        {
            // A waiter released by the abort reports the abort; the failure that caused it came first and is kept.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            _barrier.Abort();
        }
    }

    // On cache lines of their own: workers read the generation again and again while the caller writes what the work is.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Counters
    {
        [FieldOffset(64)]
        public int Generation;

        [FieldOffset(128)]
        public int Pending;
    }
}
