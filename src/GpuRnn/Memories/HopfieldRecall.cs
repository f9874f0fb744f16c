namespace GpuRnn.Memories;

/// <summary>Where a Hopfield network came to rest.</summary>
/// <param name="States">[B, N] of −1 and 1.</param>
/// <param name="Sweeps">For each state, the sweeps over all units that changed it.</param>
/// <param name="IsStable">For each state, whether another sweep changes nothing; false where the sweeps ran out or two states alternate.</param>
public sealed record HopfieldRecall(sbyte[] States, int[] Sweeps, bool[] IsStable);
