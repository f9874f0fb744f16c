using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Elementwise;

/// <summary>Bounds every element, for clipping gradients by value.</summary>
public static class Clamp
{
    /// <summary>values = min(max(values, −bound), bound); NaN stays NaN.</summary>
    /// <remarks>Threads: one an element. PyTorch's <c>clip_grad_value_</c>.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> values,  // [n]; changed in place
        float bound)                                // at least 0
    {
        values[index] = Apply(new F32(values[index]), new F32(bound)).Value;
    }

    /// <summary>The arithmetic, for any lane.</summary>
    public static T Apply<T>(T value, T bound)
        where T : struct, IReal<T> =>
        T.Max(-bound, T.Min(bound, value));
}
