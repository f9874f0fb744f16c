namespace GpuRnn.Kernels.Elementwise;

/// <summary>The quotient of two arrays, element by element; over arrays of one element, a mean from a sum and a count.</summary>
public static class Divide
{
    /// <summary>result = left / right; NaN for 0 / 0.</summary>
    /// <remarks>Threads: one an element. Aliasing: result may be left or right.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> left,    // [n]
        ArrayView1D<float, Stride1D.Dense> right,   // [n]
        ArrayView1D<float, Stride1D.Dense> result)  // [n]
    {
        result[index] = left[index] / right[index];
    }
}
