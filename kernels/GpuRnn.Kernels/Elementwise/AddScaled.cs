using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Elementwise;

/// <summary>Adds a multiple of one array to another (BLAS: axpy).</summary>
public static class AddScaled
{
    /// <summary>target = target + factor · source, with one rounding.</summary>
    /// <remarks>Threads: one an element. Aliasing: target may be source.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [n]
        ArrayView1D<float, Stride1D.Dense> target,  // [n]; added to
        float factor)
    {
        target[index] = F32.MultiplyAdd(new F32(factor), new F32(source[index]), new F32(target[index])).Value;
    }
}
