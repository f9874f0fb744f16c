using System.Runtime.ExceptionServices;

namespace GpuRnn.Compiler;

/// <summary>One piece of work for each of several things, on all processors.</summary>
internal static class InParallel
{
    /// <summary>The results in the order of the things.</summary>
    /// <remarks>Of several failures the one of the first thing arrives, so that a message does not depend on who came first.</remarks>
    internal static TResult[] Select<T, TResult>(IReadOnlyList<T> things, Func<T, TResult> work)
    {
        if (things.Count < 2)
        {
            return [.. things.Select(work)];
        }

        TResult[] results = new TResult[things.Count];
        ExceptionDispatchInfo?[] failures = new ExceptionDispatchInfo?[things.Count];
        int next = -1;
        void WorkOn()
        {
            for (int i = Interlocked.Increment(ref next); i < things.Count; i = Interlocked.Increment(ref next))
            {
                try
                {
                    results[i] = work(things[i]);
                }
                catch (Exception failure)
                {
                    failures[i] = ExceptionDispatchInfo.Capture(failure);
                }
            }
        }

        // Threads of its own: each works for milliseconds at least, and the pool may be busy with what waits for this.
        Thread[] others = [.. Enumerable.Range(1, Math.Min(Environment.ProcessorCount, things.Count) - 1).Select(i => new Thread(WorkOn) { IsBackground = true, Name = $"GpuRnn compiler {i}" })];
        Array.ForEach(others, thread => thread.Start());
        WorkOn();
        Array.ForEach(others, thread => thread.Join());
        Array.Find(failures, failure => failure is not null)?.Throw();
        return results;
    }
}
