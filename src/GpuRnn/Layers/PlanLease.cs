using GpuRnn.Scheduling;

namespace GpuRnn.Layers;

/// <summary>
/// The use of a plan by one pass: while it lasts no other pass may overwrite the plan's results. Disposing returns the plan.
/// </summary>
internal sealed class PlanLease(PlanCache cache, PlanKey key, SequencePlan plan) : IDisposable
{
    private bool _isReturned;

    public SequencePlan Plan { get; } = plan;

    public PlanKey Key { get; } = key;

    /// <summary>True once lengths were set, so that the next user without lengths must clear them.</summary>
    public bool HasLengths { get; set; }

    public void Dispose()
    {
        if (!_isReturned)
        {
            _isReturned = true;
            cache.Return(this);
        }
    }
}
