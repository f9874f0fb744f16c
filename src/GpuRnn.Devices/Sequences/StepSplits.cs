namespace GpuRnn.Devices.Sequences;

/// <summary>How the work of a node may be divided among threads without changing its result.</summary>
[Flags]
public enum StepSplits
{
    /// <summary>One thread must do all of it.</summary>
    None = 0,

    /// <summary>Threads may own batch rows.</summary>
    Batch = 1,

    /// <summary>Threads may own hidden units.</summary>
    Hidden = 2,

    /// <summary>Either way.</summary>
    Both = Batch | Hidden,
}
