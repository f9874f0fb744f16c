using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>How the weights of a loss's terms lie in memory, the same for every loss.</summary>
/// <remarks>
/// A weight of 0 says that there is no target: the term and its gradient are then 0 whatever stands in the prediction and the target, also
/// where that is NaN. A mask is a set of weights of 0 and 1.
/// </remarks>
public static class LossWeights
{
    /// <summary>Every term counts once; the view is not read.</summary>
    public const int None = 0;

    /// <summary>One weight for all columns of a row.</summary>
    public const int Rows = 1;

    /// <summary>One weight for each element.</summary>
    public const int Elements = 2;

    /// <summary>The weight of one term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float At(ArrayView1D<float, Stride1D.Dense> weights, int form, int row, int element)
    {
        if (form == None)
        {
            return 1f;
        }

        return form == Rows ? weights[row] : weights[element];
    }

    /// <summary>weight · value, and 0 where the weight is not above 0, for any lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T weight, T value)
        where T : struct, IReal<T> => T.SelectGreater(weight, T.Zero, weight * value, T.Zero);
}
