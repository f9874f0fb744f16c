using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Activations;

/// <summary>y = 1 / (1 + e^-x); f' = y (1 − y).</summary>
public readonly struct SigmoidActivation : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T input)
        where T : struct, IReal<T> =>
        T.Sigmoid(input);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T output, T outputGradient)
        where T : struct, IReal<T> =>
        outputGradient * (output * (T.One - output));
}
