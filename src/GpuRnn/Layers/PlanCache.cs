using System.Numerics;
using GpuRnn.Scheduling;

namespace GpuRnn.Layers;

/// <summary>The plans of one layer that are not in use, those of the most recently used key last.</summary>
/// <remarks>
/// A pass without a mask needs a plan of just its steps. One with a mask can use any plan of at least its steps, as the steps that it has not
/// cost nothing; so batches whose lengths differ share plans, in size classes of which neighbours differ by at most a quarter.
/// </remarks>
internal sealed class PlanCache(Func<PlanKey, SequencePlan> create) : IDisposable
{
    // Training, evaluation, and a smaller last batch of each make four keys; twice that leaves room for a few sequence lengths.
    private const int KeyCapacity = 8;
    private const int SmallestClass = 8;

    private readonly List<PlanShelf> _shelves = [];
    private bool _isDisposed;

    /// <summary>A plan that no other pass uses, holding the rows of a pass.</summary>
    /// <param name="key">What the pass needs.</param>
    /// <param name="packing">Its rows where it has a mask; null where every row has every step.</param>
    public PlanLease Rent(PlanKey key, SequencePacking? packing)
    {
        PlanLease lease = packing is null ? TakeExact(key) ?? New(key) : TakeRoomy(key) ?? New(key with { TimeSteps = SizeClass(key.TimeSteps) });
        lease.Hold(packing);
        return lease;
    }

    public void Return(PlanLease lease)
    {
        if (_isDisposed)
        {
            lease.Plan.Dispose();
            return;
        }

        int place = _shelves.FindIndex(shelf => shelf.Key == lease.Key);
        PlanShelf shelf = place < 0 ? new PlanShelf(lease.Key) : _shelves[place];
        if (place >= 0)
        {
            _shelves.RemoveAt(place);
        }

        shelf.Free.Push((lease.Plan, lease.Packing));
        _shelves.Add(shelf);
        if (_shelves.Count > KeyCapacity)
        {
            Empty(_shelves[0]);
            _shelves.RemoveAt(0);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _shelves.ForEach(Empty);
        _shelves.Clear();
    }

    private static void Empty(PlanShelf shelf)
    {
        foreach ((SequencePlan plan, SequencePacking? _) in shelf.Free)
        {
            plan.Dispose();
        }

        shelf.Free.Clear();
    }

    // Four classes from one power of two to the next.
    private static int SizeClass(int timeSteps)
    {
        if (timeSteps <= SmallestClass)
        {
            return SmallestClass;
        }

        int step = 1 << (BitOperations.Log2((uint)(timeSteps - 1)) - 2);
        return (timeSteps + step - 1) / step * step;
    }

    private PlanLease New(PlanKey key)
    {
        return new PlanLease(this, key, create(key), packing: null);
    }

    private PlanLease? TakeExact(PlanKey key)
    {
        return Take(_shelves.Find(shelf => shelf.Free.Count > 0 && shelf.Key == key));
    }

    private PlanLease? TakeRoomy(PlanKey key)
    {
        PlanShelf? best = null;
        foreach (PlanShelf shelf in _shelves)
        {
            bool fits = shelf.Free.Count > 0 && shelf.Key.TimeSteps >= key.TimeSteps && shelf.Key == key with { TimeSteps = shelf.Key.TimeSteps };
            if (fits && (best is null || shelf.Key.TimeSteps < best.Key.TimeSteps))
            {
                best = shelf;
            }
        }

        return Take(best);
    }

    private PlanLease? Take(PlanShelf? shelf)
    {
        if (shelf is null)
        {
            return null;
        }

        (SequencePlan plan, SequencePacking? packing) = shelf.Free.Pop();
        return new PlanLease(this, shelf.Key, plan, packing);
    }
}
