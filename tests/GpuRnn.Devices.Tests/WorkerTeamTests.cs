using GpuRnn.Devices.Cpu;

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
    public void Run_AfterDispose_IsRefused()
    {
        WorkerTeam team = new(2);
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(new CountingWork(2)));
    }

    private sealed class CountingWork(int workers) : ITeamWork
    {
        public int[] Counts { get; } = new int[workers];

        public void Run(int worker, int workerCount, SpinBarrier barrier) => Counts[worker]++;
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
