namespace GpuRnn.Devices.Cpu;

/// <summary>Work that all threads of a <see cref="WorkerTeam"/> do together; an object, so that starting it allocates nothing.</summary>
public interface ITeamWork
{
    /// <summary>Runs one worker's share.</summary>
    /// <param name="worker">This worker, 0 to <paramref name="workerCount"/> − 1.</param>
    /// <param name="workerCount">All workers of the team; each runs this method once.</param>
    /// <param name="barrier">Where the workers may meet; if one worker waits, all must.</param>
    void Run(int worker, int workerCount, SpinBarrier barrier);
}
