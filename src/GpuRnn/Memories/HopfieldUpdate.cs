namespace GpuRnn.Memories;

/// <summary>The order in which units take their new values.</summary>
public enum HopfieldUpdate
{
    /// <summary>One unit after another, in a new random order each sweep; the energy never rises, so it ends at a stable state.</summary>
    Asynchronous,

    /// <summary>All units at once; it may end in a cycle of two states.</summary>
    Synchronous,
}
