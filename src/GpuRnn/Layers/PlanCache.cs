using GpuRnn.Scheduling;

namespace GpuRnn.Layers;

/// <summary>The plans of one layer that are not in use, the most recently used last.</summary>
internal sealed class PlanCache(Func<PlanKey, SequencePlan> create) : IDisposable
{
    // Training, evaluation, and a smaller last batch of each make four shapes; twice that leaves room for a few sequence lengths.
    private const int Capacity = 8;

    private readonly List<(PlanKey Key, SequencePlan Plan, bool HasLengths)> _free = [];
    private bool _isDisposed;

    public PlanLease Rent(PlanKey key, int[]? lengths)
    {
        PlanLease lease = Take(key);
        if (lengths is not null || lease.HasLengths)
        {
            lease.Plan.SetLengths(lengths);
            lease.HasLengths = lengths is not null;
        }

        return lease;
    }

    public void Return(PlanLease lease)
    {
        if (_isDisposed)
        {
            lease.Plan.Dispose();
            return;
        }

        if (_free.Count == Capacity)
        {
            _free[0].Plan.Dispose();
            _free.RemoveAt(0);
        }

        _free.Add((lease.Key, lease.Plan, lease.HasLengths));
    }

    public void Dispose()
    {
        _isDisposed = true;
        foreach ((PlanKey _, SequencePlan plan, bool _) in _free)
        {
            plan.Dispose();
        }

        _free.Clear();
    }

    private PlanLease Take(PlanKey key)
    {
        for (int i = _free.Count - 1; i >= 0; i--)
        {
            if (_free[i].Key == key)
            {
                (PlanKey _, SequencePlan plan, bool hasLengths) = _free[i];
                _free.RemoveAt(i);
                return new PlanLease(this, key, plan) { HasLengths = hasLengths };
            }
        }

        return new PlanLease(this, key, create(key));
    }
}
