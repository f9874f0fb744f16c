namespace GpuRnn.Kernels.Tiles;

/// <summary>What becomes of a tile's sums, row by row.</summary>
/// <typeparam name="TBlocks">A row of sums.</typeparam>
public interface IRowSink<TBlocks>
    where TBlocks : struct
{
    /// <summary>Takes the sums of a row that exists.</summary>
    void Take(int row, TBlocks sums);
}
