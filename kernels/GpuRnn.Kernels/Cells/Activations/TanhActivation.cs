using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Activations;

/// <summary>y = tanh x; f' = 1 − y².</summary>
public readonly struct TanhActivation : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T input)
        where T : struct, IReal<T> =>
        T.Tanh(input);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T output, T outputGradient)
        where T : struct, IReal<T> =>
        outputGradient * T.MultiplyAdd(-output, output, T.One);
}
