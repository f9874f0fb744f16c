namespace GpuRnn.Weights;

/// <summary>The element types of safetensors that this library reads, in the order in which the reference implementation ranks them.</summary>
/// <remarks>A file holds its tensors by descending rank, then by name, so that each one is aligned to its element size.</remarks>
public enum TensorDataType
{
    /// <summary>IEEE binary16, "F16": read only, widened to float32 without error.</summary>
    Float16,

    /// <summary>The upper half of a float32, "BF16": read only, widened to float32 without error.</summary>
    BFloat16,

    /// <summary>"F32", the type of this library's own weights.</summary>
    Float32,

    /// <summary>"F64".</summary>
    Float64,

    /// <summary>"I64": counters, lengths and class indices.</summary>
    Int64,
}
