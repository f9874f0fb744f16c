namespace GpuRnn.Devices.Cpu;

/// <summary>Operating-system threads that are kept from one piece of work to the next and all run it at once, each under a number.</summary>
/// <remarks>Unlike <see cref="WorkerTeam"/> it has as many threads as somebody asks for, and none spins while it waits for work.</remarks>
internal sealed class ThreadCrew : IDisposable
{
    // A kernel has no recursion; a small stack lets many threads start quickly.
    private const int StackBytes = 256 * 1024;

    private readonly string _name;
    private readonly Lock _gate = new();
    private readonly List<Member> _members = [];
    private readonly CountdownEvent _running = new(1);
    private Action<int>? _work;
    private volatile bool _isStopping;

    /// <param name="name">What a debugger shows for the threads, in front of their number.</param>
    internal ThreadCrew(string name)
    {
        _name = name;
    }

    /// <summary>Threads started so far.</summary>
    internal int StartedCount
    {
        get
        {
            lock (_gate)
            {
                return _members.Count;
            }
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            foreach (Member member in _members)
            {
                member.Start.Release();
            }

            foreach (Member member in _members)
            {
                member.Thread.Join();
                member.Start.Dispose();
            }

            _members.Clear();
            _running.Dispose();
        }
    }

    /// <summary>Runs <paramref name="work"/> for 0 to below <paramref name="count"/>, each on a thread of its own, and returns when all are done.</summary>
    /// <param name="count">The threads; missing ones are started.</param>
    /// <param name="work">Takes its number; must not throw. One piece of work runs at a time, a second caller waits.</param>
    internal void Run(int count, Action<int> work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            Enlist(count);
            _work = work;
            _running.Reset(count);
            for (int i = 0; i < count; i++)
            {
                _members[i].Start.Release();
            }

            _running.Wait();
            _work = null;
        }
    }

    private void Enlist(int count)
    {
        while (_members.Count < count)
        {
            int number = _members.Count;
            SemaphoreSlim start = new(0);
            Thread thread = new(() => Serve(number, start), StackBytes) { IsBackground = true, Name = $"{_name} {number}" };
            _members.Add(new Member(thread, start));
            thread.Start();
        }
    }

    private void Serve(int number, SemaphoreSlim start)
    {
        while (true)
        {
            start.Wait();
            if (_isStopping)
            {
                return;
            }

            _work!(number);
            _running.Signal();
        }
    }

    private sealed record Member(Thread Thread, SemaphoreSlim Start);
}
