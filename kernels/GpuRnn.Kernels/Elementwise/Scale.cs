namespace GpuRnn.Kernels.Elementwise;

/// <summary>The product of an array with one number.</summary>
public static class Scale
{
    /// <summary>result = factor · source, the factor known to the host.</summary>
    /// <remarks>Threads: one an element. Aliasing: result may be source. Gradient: the same kernel on the result's gradient.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [n]
        ArrayView1D<float, Stride1D.Dense> result,  // [n]
        float factor)
    {
        result[index] = factor * source[index];
    }

    /// <summary>
    /// result = factors[0] · source, the factor computed on the device, as by <see cref="GpuRnn.Kernels.Optimizers.ClipFactor"/>.
    /// </summary>
    /// <remarks>Threads: one an element. Aliasing: result may be source, not factors.</remarks>
    public static void ByView(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,   // [n]
        ArrayView1D<float, Stride1D.Dense> factors,  // [1]
        ArrayView1D<float, Stride1D.Dense> result)   // [n]
    {
        result[index] = factors[0] * source[index];
    }
}
