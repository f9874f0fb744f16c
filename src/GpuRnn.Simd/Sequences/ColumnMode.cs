namespace GpuRnn.Simd.Sequences;

/// <summary>Whose mean and variance a normalisation over the rows of a step uses.</summary>
internal enum ColumnMode
{
    /// <summary>The batch's.</summary>
    Batch,

    /// <summary>The batch's, towards which running ones move.</summary>
    Moving,

    /// <summary>The running ones.</summary>
    Frozen,
}
