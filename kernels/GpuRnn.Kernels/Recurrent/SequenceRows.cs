namespace GpuRnn.Kernels.Recurrent;

/// <summary>Moves and combines rows of floats that lie at fixed distances: what a sequence plan needs between its products and loops.</summary>
/// <remarks>
/// Threads: index.X is the column, index.Y the row; one thread, one element. Deterministic. Bandwidth is the limit. Target and sources
/// overlap not at all or, where a comment says so, element on element.
/// </remarks>
public static class SequenceRows
{
    /// <summary>target[row, column] = source[row, column].</summary>
    public static void Copy(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [rows, columns] by its stride
        ArrayView1D<float, Stride1D.Dense> target,  // [rows, columns] by its stride
        int sourceStride,
        int targetStride)
    {
        target[(index.Y * targetStride) + index.X] = source[(index.Y * sourceStride) + index.X];
    }

    /// <summary>target[row, column] = source[rows[row], column].</summary>
    public static void Gather(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // any rows, by its stride
        ArrayView1D<int, Stride1D.Dense> rows,      // [rows], each a row of source
        ArrayView1D<float, Stride1D.Dense> target,  // [rows, columns] by its stride
        int sourceStride,
        int targetStride)
    {
        target[(index.Y * targetStride) + index.X] = source[(rows[index.Y] * sourceStride) + index.X];
    }

    /// <summary>target[rows[row], column] = source[row, column]; rows of the target that are not named keep what they hold.</summary>
    public static void Scatter(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [rows, columns] by its stride
        ArrayView1D<int, Stride1D.Dense> rows,      // [rows], each another row of target
        ArrayView1D<float, Stride1D.Dense> target,  // any rows, by its stride
        int sourceStride,
        int targetStride)
    {
        target[(rows[index.Y] * targetStride) + index.X] = source[(index.Y * sourceStride) + index.X];
    }

    /// <summary>target[row, column] = value.</summary>
    public static void Fill(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> target,  // [rows, columns] by its stride
        int targetStride,
        float value)
    {
        target[(index.Y * targetStride) + index.X] = value;
    }

    /// <summary>target[row, column] += source[row, column].</summary>
    public static void Add(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [rows, columns] by its stride
        ArrayView1D<float, Stride1D.Dense> target,  // [rows, columns] by its stride
        int sourceStride,
        int targetStride)
    {
        target[(index.Y * targetStride) + index.X] += source[(index.Y * sourceStride) + index.X];
    }

    /// <summary>target[row, column] = source[row, column] · factors[row, column].</summary>
    public static void Multiply(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,   // [rows, columns] by its stride; may be target
        ArrayView1D<float, Stride1D.Dense> factors,  // [rows, columns] by its stride
        ArrayView1D<float, Stride1D.Dense> target,   // [rows, columns] by its stride
        int sourceStride,
        int factorStride,
        int targetStride)
    {
        target[(index.Y * targetStride) + index.X] =
            source[(index.Y * sourceStride) + index.X] * factors[(index.Y * factorStride) + index.X];
    }
}
