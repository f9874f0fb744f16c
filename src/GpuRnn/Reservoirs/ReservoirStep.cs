namespace GpuRnn.Reservoirs;

/// <summary>One form of a reservoir's step: x_t = (1 − α) x_(t−1) + α tanh(W x_(t−1) + D d_t + b), with a drive d made of what the form reads.</summary>
/// <param name="Recurrent">W, [H, H].</param>
/// <param name="Drive">D, [H, width of d]; at least one column.</param>
/// <param name="Bias">b, [H].</param>
/// <param name="LeakRate">α.</param>
/// <remarks>
/// Source: Jaeger (2001), "The echo state approach to analysing and training recurrent neural networks", equation 1.1 with leaky units after
/// Jaeger et al. (2007). Driven and closed loops differ in their matrices alone, see <see cref="Readout.Close"/>.
/// </remarks>
internal sealed record ReservoirStep(SparseMatrix Recurrent, SparseMatrix Drive, double[] Bias, double LeakRate)
{
    /// <summary>H.</summary>
    public int Size => Recurrent.RowCount;

    /// <summary>The numbers of a step's d.</summary>
    public int DriveWidth => Drive.ColumnCount;
}
