namespace GpuRnn.Kernels.Elementwise;

/// <summary>The sum of two arrays.</summary>
public static class Add
{
    /// <summary>result = left + right.</summary>
    /// <remarks>Threads: one an element. Aliasing: result may be left or right. Gradient: the result's, to both.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> left,    // [n]
        ArrayView1D<float, Stride1D.Dense> right,   // [n]
        ArrayView1D<float, Stride1D.Dense> result)  // [n]
    {
        result[index] = left[index] + right[index];
    }
}
