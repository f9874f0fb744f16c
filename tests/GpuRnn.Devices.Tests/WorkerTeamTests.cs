using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Cpu.Native;

namespace GpuRnn.Devices.Tests;

/// <summary>The team starts, meets, fails and stops without losing a worker.</summary>
public sealed class WorkerTeamTests
{
    [Fact]
    public void Run_ManyTimes_EveryWorkerRunsOnceEachTime()
    {
        using WorkerTeam team = new(3);
        CountingWork work = new(3);
        for (int i = 0; i < 2000; i++)
        {
            team.Run(work);
        }

        Assert.Equal([2000, 2000, 2000], work.Counts);
    }

    [Fact]
    public void Barrier_OrdersWritesBeforeReads()
    {
        using WorkerTeam team = new(2);
        NeighbourWork work = new();
        team.Run(work);
        Assert.Equal(0, work.Errors);
    }

    [Fact]
    public void Run_WorkerFailsWhileOthersWait_RethrowsAndStaysUsable()
    {
        using WorkerTeam team = new(3);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => team.Run(new FailingWork()));
        Assert.Equal("worker 1 fails", exception.Message);
        CountingWork work = new(3);
        team.Run(work);
        Assert.Equal([1, 1, 1], work.Counts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Run_FromInsideWork_IsRefused(int nestingWorker)
    {
        using WorkerTeam team = new(2);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => team.Run(new NestedWork(team, nestingWorker)));
        Assert.Contains("one piece of work runs at a time", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunAny_OfATeamThatIsNeverTogether_RunsOnTheCallerAlone_AndRunDoesNot()
    {
        using WorkerTeam team = new(3, together: false);
        CountingWork work = new(3);
        team.RunAny(work);
        Assert.Equal([1, 0, 0], work.Counts);
        Assert.Equal(1, work.WorkerCount);
        team.Run(work);
        Assert.Equal([2, 1, 1], work.Counts);
        Assert.Equal(3, work.WorkerCount);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => team.RunAny(new NestedWork(team, 0)));
        Assert.Contains("one piece of work runs at a time", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunAny_OfATeamThatIsAlwaysTogether_RunsOnEveryWorker()
    {
        using WorkerTeam team = new(2, together: true);
        CountingWork work = new(2);
        for (int i = 0; i < 100; i++)
        {
            team.RunAny(work);
        }

        Assert.Equal([100, 100], work.Counts);
    }

    [Fact]
    public void RunAny_WhereAWorkerIsKeptWaitingForLong_RunsOnTheCallerAloneForAWhile()
    {
        using WorkerTeam team = new(2);
        team.RunAny(new SlowWork());
        CountingWork work = new(2);
        team.RunAny(work);
        Assert.Equal([1, 0], work.Counts);
    }

    [Fact]
    public void Run_AfterDispose_IsRefused()
    {
        WorkerTeam team = new(2);
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(new CountingWork(2)));
    }

    [PlacedTeamFact]
    public void Run_WorkerBesideTheCaller_MovesToAProcessorOfItsOwn()
    {
        using WorkerTeam team = new(2);
        Exception? failure = null;
        Thread caller = new(() => failure = Record.Exception(() =>
        {
            // Each processor in turn, so that the second time the worker keeps away from the one that the caller comes to.
            for (int processor = 0; processor < 2; processor++)
            {
                Bind(processor);
                ProcessorWork work = new();
                team.Run(new BindingWork(processor));
                team.Run(work);
                Assert.Equal(processor, work.Processors[0]);
                Assert.NotEqual(processor, work.Processors[1]);
            }
        }));
        caller.Start();
        caller.Join();
        Assert.Null(failure);
    }

    private static unsafe void Bind(int processor)
    {
        ulong* mask = stackalloc ulong[16];
        mask[0] = 1UL << processor;
        Assert.Equal(0, LinuxLibrary.sched_setaffinity(0, 128, mask));
    }

    private sealed class BindingWork(int processor) : ITeamWork
    {
        public void Run(int worker, int workerCount, SpinBarrier barrier) => Bind(processor);
    }

    private sealed class ProcessorWork : ITeamWork
    {
        public int[] Processors { get; } = new int[2];

        public void Run(int worker, int workerCount, SpinBarrier barrier) => Processors[worker] = LinuxLibrary.sched_getcpu();
    }

    private sealed class CountingWork(int workers) : ITeamWork
    {
        public int[] Counts { get; } = new int[workers];

        public int WorkerCount { get; private set; }

        public void Run(int worker, int workerCount, SpinBarrier barrier)
        {
            Counts[worker]++;
            WorkerCount = workerCount;
        }
    }

    // Its worker is late by far more than a run may take, as one is that another program keeps from its processor.
    private sealed class SlowWork : ITeamWork
    {
        public void Run(int worker, int workerCount, SpinBarrier barrier)
        {
            if (worker == 1)
            {
                Thread.Sleep(100);
            }

            barrier.Wait();
        }
    }

    private sealed class NeighbourWork : ITeamWork
    {
        private readonly int[] _values = new int[2];

        public int Errors;

        public void Run(int worker, int workerCount, SpinBarrier barrier)
        {
            for (int i = 1; i <= 20_000; i++)
            {
                _values[worker] = i;
                barrier.Wait();
                if (_values[1 - worker] != i)
                {
                    Interlocked.Increment(ref Errors);
                }

                barrier.Wait();
            }
        }
    }

    private sealed class FailingWork : ITeamWork
    {
        public void Run(int worker, int workerCount, SpinBarrier barrier)
        {
            if (worker == 1)
            {
                throw new InvalidOperationException("worker 1 fails");
            }

            barrier.Wait();
        }
    }

    private sealed class NestedWork(WorkerTeam team, int nestingWorker) : ITeamWork
    {
        public void Run(int worker, int workerCount, SpinBarrier barrier)
        {
            if (worker == nestingWorker)
            {
                team.Run(this);
            }
        }
    }
}
