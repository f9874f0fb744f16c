using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The absolute error.</summary>
/// <remarks>
/// |p − t|, with derivative sign(p − t), 0 at the kink as in PyTorch.
/// The kernels give the terms; their sum, or mean, is taken by <see cref="GpuRnn.Kernels.Reductions.Sum"/>. The methods over the lane are
/// the formula itself: in <see cref="F64"/> they are the reference.
/// </remarks>
public static class MeanAbsoluteError
{
    /// <summary>The loss of one element.</summary>
    public static T Value<T>(T prediction, T target)
        where T : struct, IReal<T>
    {
        return T.Abs(prediction - target);
    }

    /// <summary>The derivative of <see cref="Value"/> with respect to the prediction.</summary>
    public static T Derivative<T>(T prediction, T target)
        where T : struct, IReal<T>
    {
        // The bounds keep the sign; what is neither above nor below zero is ±0 or NaN and stays.
        T difference = prediction - target;
        T negative = T.SelectGreater(T.Zero, difference, -T.One, difference);
        return T.SelectGreater(difference, T.Zero, T.One, negative);
    }

    /// <summary>terms = Value(predictions, targets).</summary>
    /// <remarks>Threads: one an element. Aliasing: terms may be predictions.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> predictions,  // [n]
        ArrayView1D<float, Stride1D.Dense> targets,      // [n]
        ArrayView1D<float, Stride1D.Dense> terms)        // [n]; set
    {
        terms[index] = Value(new F32(predictions[index]), new F32(targets[index])).Value;
    }

    /// <summary>
    /// gradients = scales[0] · Derivative(predictions, targets), where the scale is the gradient of the sum of the terms.
    /// </summary>
    /// <remarks>Threads: one an element. Aliasing: gradients may be predictions or targets. For a mean the scale holds 1 / n.</remarks>
    public static void Backward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> predictions,  // [n]
        ArrayView1D<float, Stride1D.Dense> targets,      // [n]
        ArrayView1D<float, Stride1D.Dense> scales,       // [1]
        ArrayView1D<float, Stride1D.Dense> gradients)    // [n]; set
    {
        F32 derivative = Derivative(new F32(predictions[index]), new F32(targets[index]));
        gradients[index] = scales[0] * derivative.Value;
    }
}
