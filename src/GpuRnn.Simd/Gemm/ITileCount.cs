namespace GpuRnn.Simd.Gemm;

/// <summary>A count that is known when a tile kernel is compiled.</summary>
internal interface ITileCount
{
    /// <summary>Rows, or registers of columns, of the tile.</summary>
    static abstract int Count { get; }
}
