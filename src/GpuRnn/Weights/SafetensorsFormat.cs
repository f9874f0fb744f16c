namespace GpuRnn.Weights;

/// <summary>The fixed numbers of the safetensors format, shared by the reader and the writer.</summary>
/// <remarks>
/// 8 bytes of little-endian header length; the header, a JSON object from tensor name to dtype, shape and data_offsets, padded with
/// spaces; then the elements, little-endian. Offsets count from the end of the header. Source: the format section of
/// https://github.com/huggingface/safetensors and its reference implementation.
/// </remarks>
internal static class SafetensorsFormat
{
    public const string MetadataKey = "__metadata__";
    public const string DataTypeKey = "dtype";
    public const string ShapeKey = "shape";
    public const string OffsetsKey = "data_offsets";

    public const int LengthSizeInBytes = 8;

    /// <summary>The header is padded to this, so that the elements begin aligned when the file is mapped.</summary>
    public const int AlignmentInBytes = 8;

    /// <summary>The limit of the reference implementation; a longer header is refused before anything is allocated.</summary>
    public const long MaxHeaderSizeInBytes = 100_000_000;
}
