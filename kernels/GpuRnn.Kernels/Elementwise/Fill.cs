namespace GpuRnn.Kernels.Elementwise;

/// <summary>Sets every element to one number.</summary>
public static class Fill
{
    /// <summary>target = value.</summary>
    /// <remarks>Threads: one an element.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> target,  // [n]; set
        float value)
    {
        target[index] = value;
    }
}
