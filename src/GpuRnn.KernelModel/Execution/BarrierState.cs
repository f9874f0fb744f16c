namespace GpuRnn.KernelModel.Execution;

/// <summary>One barrier of a running group: of the whole group or of one warp. Guarded by the group's lock.</summary>
internal sealed class BarrierState
{
    internal BarrierState(string scope, int participants)
    {
        Scope = scope;
        Participants = participants;
    }

    internal string Scope { get; }

    internal int Participants { get; }

    internal int Arrived { get; set; }

    /// <summary>The work-items that arrived and wait: only they are woken, for a woken thread costs more than what it computes.</summary>
    internal List<WorkItem> Waiting { get; } = [];

    // What the first arrival of this phase called: all others must call the same.
    internal string Operation { get; set; } = "";

    internal int PredicateCount { get; set; }

    internal int LastPredicateCount { get; set; }
}
