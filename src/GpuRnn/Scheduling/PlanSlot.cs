namespace GpuRnn.Scheduling;

/// <summary>Elements set aside in a plan's buffer; their offset is known once the buffer is divided.</summary>
internal sealed class PlanSlot
{
    /// <summary>Elements.</summary>
    public long Length { get; set; }

    /// <summary>The first element, a multiple of the alignment.</summary>
    public long Offset { get; set; }
}
