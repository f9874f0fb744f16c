namespace GpuRnn.Kernels.Tiles;

/// <summary>Where the rows of a tile's left factor lie.</summary>
public interface IRowSource
{
    /// <summary>How many rows there are.</summary>
    int RowCount { get; }

    /// <summary>Finds a row; one beyond the last stands for the last, so that every tile can read whole rows.</summary>
    /// <param name="row">The number of the row.</param>
    /// <param name="memory">Holds it.</param>
    /// <param name="start">Where in it the row begins.</param>
    void Find(int row, out ArrayView<float> memory, out int start);
}
