namespace GpuRnn.Memories;

/// <summary>How a Hopfield network stores patterns in its weights.</summary>
public enum HopfieldRule
{
    /// <summary>w_ij += ξ_i ξ_j / N (Hebb 1949, Hopfield 1982): up to about 0.138 N random patterns.</summary>
    Hebb,

    /// <summary>
    /// w_ij += (ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j) / N with h_ij = Σ_k w_ik ξ_k over k other than i and j (Storkey 1997): more patterns, and correlated ones.
    /// </summary>
    Storkey,
}
