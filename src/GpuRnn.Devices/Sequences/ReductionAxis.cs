namespace GpuRnn.Devices.Sequences;

/// <summary>The axis that a reduction sums away.</summary>
public enum ReductionAxis
{
    /// <summary>Over the units of one batch row (layer normalisation).</summary>
    Row,

    /// <summary>Over the rows of the batch at one unit (batch normalisation).</summary>
    Batch,
}
