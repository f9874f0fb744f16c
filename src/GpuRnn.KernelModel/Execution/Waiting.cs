namespace GpuRnn.KernelModel.Execution;

/// <summary>Keeps a thread that waits for another group from starving it, and ends the wait when the launch has failed.</summary>
internal static class Waiting
{
    // A wait of two running threads ends long before; an oversubscribed machine must change threads.
    private const int StepsBeforeYield = 64;

    [ThreadStatic]
    private static LaunchState? s_launch;

    [ThreadStatic]
    private static int s_steps;

    /// <summary>Makes the calling thread part of a launch whose groups wait for each other; null for none.</summary>
    internal static void Enter(LaunchState? launch)
    {
        s_launch = launch;
        s_steps = 0;
    }

    /// <summary>One look at what another group writes.</summary>
    /// <exception cref="GroupAbortedException">Another group of the launch failed and will never write it.</exception>
    internal static void Step()
    {
        if (++s_steps >= StepsBeforeYield)
        {
            s_steps = 0;
            if (s_launch is { IsAborted: true })
            {
                throw new GroupAbortedException();
            }

            Thread.Yield();
        }
    }
}
