namespace GpuRnn.Kernels.Elementwise;

/// <summary>Adds one vector to every row of a matrix.</summary>
public static class AddBias
{
    /// <summary>target[m, n] += bias[n].</summary>
    /// <remarks>
    /// Threads: row·n + column, extent M·N. Gradient: the target's to itself, and to the bias its
    /// <see cref="GpuRnn.Kernels.Reductions.ColumnSums"/>.
    /// </remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> target,  // [M, N]; added to
        ArrayView1D<float, Stride1D.Dense> bias,    // [N]
        int n,                                      // N
        int rowStride)                              // elements from one row of target to the next
    {
        int row = index / n;
        int column = index % n;
        target[(row * rowStride) + column] += bias[column];
    }
}
