namespace GpuRnn.Simd.Gemm;

/// <summary>A count that is known when a tile kernel is compiled.</summary>
internal interface ITileCount
{
    /// <summary>Rows, or registers of columns, of the tile, or cache lines to ask for at each step.</summary>
    static abstract int Count { get; }
}
