namespace GpuRnn.Devices.Sequences;

/// <summary>A loop of units with few fixed weights: x_t = x_(t−1) + α (tanh(W [x_(t−1); d_t] + b) − x_(t−1)).</summary>
/// <param name="Size">H, the units.</param>
/// <param name="DriveWidth">Numbers of d.</param>
/// <param name="LeakRate">α, above 0 and at most 1.</param>
/// <param name="Bias">b, [H].</param>
/// <param name="RowStarts">[H + 1]; where the elements of each row of W begin in the next two.</param>
/// <param name="Columns">The column of each element, 0 to H − 1 for x, from H on for d; ascending within a row.</param>
/// <param name="Values">The elements.</param>
public sealed record SparseLoopRequest(int Size, int DriveWidth, float LeakRate, float[] Bias, int[] RowStarts, int[] Columns, float[] Values);
