namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>Chooses which work-item of a launch runs up to its next access or barrier.</summary>
/// <remarks>
/// A seed decides on the style of the whole launch, because no single one finds every fault: work-items change at every access, or run on for a
/// while; all are treated alike, or some are preferred until a random moment makes others so (Burckhardt et al. 2010, "A randomized scheduler with
/// probabilistic guarantees of finding bugs").
/// </remarks>
internal sealed class ItemScheduler
{
    private static readonly double[] s_staying = [0, 0.5, 0.9, 0.99];

    private readonly Random _random;
    private readonly double _staying;
    private readonly int[]? _ranks;
    private readonly int[] _ready;
    private readonly int[] _places;
    private int _current = -1;

    /// <param name="random">Decides everything.</param>
    /// <param name="groups">The groups of the launch.</param>
    /// <param name="size">The work-items of a group.</param>
    internal ItemScheduler(Random random, int groups, int size)
    {
        _random = random;
        _staying = s_staying[random.Next(s_staying.Length)];
        _ready = [.. Enumerable.Range(0, groups * size)];
        _places = [.. _ready];
        ReadyCount = _ready.Length;
        switch (random.Next(3))
        {
            case 0:
                break;
            case 1:
                _ranks = [.. _ready.Select(_ => random.Next())];
                break;
            default:
                // Whole groups run ahead of others.
                int[] ofGroups = [.. Enumerable.Range(0, groups).Select(_ => random.Next(1 << 20) << 10)];
                _ranks = [.. _ready.Select(item => ofGroups[item / size] + random.Next(1 << 10))];
                break;
        }
    }

    /// <summary>The work-items that can run.</summary>
    internal int ReadyCount { get; private set; }

    /// <summary>The work-item that runs next, one of those that can.</summary>
    internal int Next()
    {
        if (_current >= 0 && IsReady(_current) && _random.NextDouble() < _staying)
        {
            return _current;
        }

        _current = _ready[_random.Next(ReadyCount)];
        if (_ranks is null)
        {
            return _current;
        }

        const int OneIn = 24;
        if (_random.Next(OneIn) == 0)
        {
            _ranks[_current] = _random.Next();
        }

        for (int i = 0; i < ReadyCount; i++)
        {
            _current = _ranks[_ready[i]] > _ranks[_current] ? _ready[i] : _current;
        }

        return _current;
    }

    /// <summary>Takes a work-item out: it waits or has ended.</summary>
    internal void Stop(int item)
    {
        int place = _places[item];
        int last = _ready[--ReadyCount];
        (_ready[place], _ready[ReadyCount]) = (last, item);
        (_places[last], _places[item]) = (place, ReadyCount);
    }

    /// <summary>Lets a stopped work-item run again.</summary>
    internal void Start(int item)
    {
        int place = _places[item];
        int first = _ready[ReadyCount];
        (_ready[place], _ready[ReadyCount]) = (first, item);
        (_places[first], _places[item]) = (place, ReadyCount);
        ReadyCount++;
    }

    private bool IsReady(int item) => _places[item] < ReadyCount;
}
