namespace GpuRnn.Testing.CudaStandIn;

/// <summary>The stand-in's streams: what is queued runs when somebody waits for it, and not before.</summary>
/// <remarks>
/// Streams run as unevenly as they may: only the one that is waited for goes on, with what its waits for marks need. So what was not put in
/// order shows.
/// </remarks>
internal sealed class StandInQueues
{
    private readonly Dictionary<nint, Queue<Action>> _streams = [];
    private readonly Dictionary<nint, List<Action>> _captures = [];
    private readonly Dictionary<nint, StandInMark> _marks = [];
    private readonly List<nint> _closed = [];
    private double _clockMilliseconds;

    internal void Open(nint stream) => _streams.Add(stream, new Queue<Action>());

    /// <summary>The handle is gone, but its work goes on.</summary>
    internal void Close(nint stream) => _closed.Add(stream);

    internal bool IsCapturing(nint stream) => _captures.ContainsKey(stream);

    internal bool IsOfTheSameCapture(nint stream, nint happening) => _marks.TryGetValue(happening, out StandInMark? mark) && mark.Stream == stream;

    internal void BeginCapture(nint stream) => _captures.Add(stream, []);

    internal IReadOnlyList<Action>? EndCapture(nint stream) => _captures.Remove(stream, out List<Action>? work) ? work : null;

    internal void Add(nint stream, Action work)
    {
        if (_captures.TryGetValue(stream, out List<Action>? captured))
        {
            captured.Add(work);
        }
        else
        {
            _streams[stream].Enqueue(work);
        }
    }

    internal void Mark(nint happening, nint stream)
    {
        StandInMark mark = new(stream);
        _marks[happening] = mark;
        Add(stream, () => mark.Reach(_clockMilliseconds));
    }

    internal void Forget(nint happening) => _marks.Remove(happening);

    internal void WaitFor(nint stream, nint happening)
    {
        if (_marks.TryGetValue(happening, out StandInMark? mark))
        {
            Add(stream, () => RunTo(mark));
        }
    }

    internal bool IsReached(nint happening) => !_marks.TryGetValue(happening, out StandInMark? mark) || mark.IsReached;

    internal void RunTo(nint happening)
    {
        if (_marks.TryGetValue(happening, out StandInMark? mark))
        {
            RunTo(mark);
        }
    }

    internal float? Between(nint start, nint end) =>
        _marks.TryGetValue(start, out StandInMark? first) && _marks.TryGetValue(end, out StandInMark? last) && first.IsReached && last.IsReached
            ? (float)(last.Milliseconds - first.Milliseconds)
            : null;

    /// <summary>Runs a stream to its end.</summary>
    internal void Run(nint stream)
    {
        Queue<Action> queue = _streams[stream];
        while (queue.TryDequeue(out Action? work))
        {
            _clockMilliseconds += 0.125;
            work();
        }
    }

    /// <summary>Runs everything, the closed streams' work too.</summary>
    internal void RunAll()
    {
        foreach (nint stream in _streams.Keys.ToArray())
        {
            Run(stream);
        }

        _closed.ForEach(stream => _streams.Remove(stream));
        _closed.Clear();
    }

    private void RunTo(StandInMark mark)
    {
        Queue<Action> queue = _streams[mark.Stream];
        while (!mark.IsReached && queue.TryDequeue(out Action? work))
        {
            _clockMilliseconds += 0.125;
            work();
        }
    }

    private sealed class StandInMark(nint stream)
    {
        internal nint Stream => stream;

        internal bool IsReached { get; private set; }

        internal double Milliseconds { get; private set; }

        internal void Reach(double milliseconds)
        {
            IsReached = true;
            Milliseconds = milliseconds;
        }
    }
}
