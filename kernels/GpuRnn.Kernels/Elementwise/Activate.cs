using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Elementwise;

/// <summary>An activation over an array; the formula stands on the activation itself.</summary>
public static class Activate
{
    /// <summary>result = f(source).</summary>
    /// <remarks>
    /// Threads: one an element. Aliasing: result may be source. A SIMD loop calls the activation itself with its own lane.
    /// </remarks>
    public static void Forward<TActivation>(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [n]
        ArrayView1D<float, Stride1D.Dense> result)  // [n]; set
        where TActivation : struct, IActivation
    {
        result[index] = TActivation.Forward(new F32(source[index])).Value;
    }

    /// <summary>dL/dsource = dL/dresult · f', with f' in terms of the result.</summary>
    /// <remarks>Threads: one an element. Aliasing: sourceGradient may be resultGradient or result.</remarks>
    public static void Backward<TActivation>(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> result,          // [n]
        ArrayView1D<float, Stride1D.Dense> resultGradient,  // [n]
        ArrayView1D<float, Stride1D.Dense> sourceGradient)  // [n]; set
        where TActivation : struct, IActivation
    {
        sourceGradient[index] = TActivation.Backward(new F32(result[index]), new F32(resultGradient[index])).Value;
    }
}
