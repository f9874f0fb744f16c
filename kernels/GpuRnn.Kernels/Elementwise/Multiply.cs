namespace GpuRnn.Kernels.Elementwise;

/// <summary>The product of two arrays, element by element.</summary>
public static class Multiply
{
    /// <summary>result = left · right.</summary>
    /// <remarks>Threads: one an element. Aliasing: result may be left or right.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> left,    // [n]
        ArrayView1D<float, Stride1D.Dense> right,   // [n]
        ArrayView1D<float, Stride1D.Dense> result)  // [n]
    {
        result[index] = left[index] * right[index];
    }

    /// <summary>Sets dL/dleft = g · right and dL/dright = g · left.</summary>
    /// <remarks>Threads: one an element. Aliasing: a gradient that is set may be g; otherwise none.</remarks>
    public static void Backward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> left,            // [n]
        ArrayView1D<float, Stride1D.Dense> right,           // [n]
        ArrayView1D<float, Stride1D.Dense> resultGradient,  // [n] g
        ArrayView1D<float, Stride1D.Dense> leftGradient,    // [n]; set
        ArrayView1D<float, Stride1D.Dense> rightGradient)   // [n]; set
    {
        float gradient = resultGradient[index];
        float leftValue = left[index];
        float rightValue = right[index];
        leftGradient[index] = gradient * rightValue;
        rightGradient[index] = gradient * leftValue;
    }
}
