using GpuRnn.Scheduling;

namespace GpuRnn.Layers;

/// <summary>
/// The use of a plan by one pass: while it lasts no other pass may overwrite the plan's results. Disposing returns the plan.
/// </summary>
internal sealed class PlanLease(PlanCache cache, PlanKey key, SequencePlan plan, SequencePacking? packing) : IDisposable
{
    private bool _isReturned;

    public SequencePlan Plan { get; } = plan;

    public PlanKey Key { get; } = key;

    /// <summary>The rows that the plan holds now; null for the full ones it was made with.</summary>
    public SequencePacking? Packing { get; private set; } = packing;

    /// <summary>Makes the plan hold the rows of a pass; the same ones again cost nothing.</summary>
    public void Hold(SequencePacking? packing)
    {
        if (!ReferenceEquals(Packing, packing))
        {
            Plan.SetRows(packing ?? SequencePacking.Create(Key.TimeSteps, Key.BatchSize, lengths: null));
            Packing = packing;
        }
    }

    public void Dispose()
    {
        if (!_isReturned)
        {
            _isReturned = true;
            cache.Return(this);
        }
    }
}
