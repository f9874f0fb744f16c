namespace GpuRnn.Tensors;

/// <summary>What is known of the writes to the memory of one tensor and of those that share it under other shapes.</summary>
internal sealed class TensorWrites
{
    /// <summary>Writes through tensors.</summary>
    public long Count { get; set; }

    /// <summary>True once a view was given out, through which anybody may write unseen.</summary>
    public bool IsOpen { get; set; }
}
