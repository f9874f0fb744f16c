namespace GpuRnn.Kernels.Linear;

/// <summary>The numbers that a warp multiplies: which ones a lane holds, and how it comes by them.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <remarks>Both kinds are rounded from floats to nearest; layout: <see cref="WarpMatrix"/>.</remarks>
public interface IMatrixFactor<TSelf>
    where TSelf : struct, IMatrixFactor<TSelf>
{
    /// <summary>The columns of A and rows of B of one product.</summary>
    static abstract int Depth { get; }

    /// <summary>How many numbers of neighbouring k a word holds.</summary>
    static abstract int NumbersOfAWord { get; }

    /// <summary>The word of neighbouring numbers, rounded to nearest; <paramref name="second"/> is not looked at where a word holds one.</summary>
    static abstract uint Pack(float first, float second);

    /// <summary>The lane's part of 16 rows of A.</summary>
    /// <param name="tile">Row by row.</param>
    /// <param name="first">The first element of the first row.</param>
    /// <param name="stride">From one row to the next.</param>
    static abstract LeftFactor LoadLeft(ArrayView<float> tile, int first, int stride);

    /// <summary>The lane's part of 8 columns of B.</summary>
    /// <param name="tile">Row by row.</param>
    /// <param name="first">The first element of the first row.</param>
    /// <param name="stride">From one row to the next.</param>
    static abstract RightFactor LoadRight(ArrayView<float> tile, int first, int stride);

    /// <summary>The sums with the product added.</summary>
    static abstract WarpSums MultiplyAdd(LeftFactor left, RightFactor right, WarpSums sums);
}
