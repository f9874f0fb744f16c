using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Activations;

/// <summary>y = x where x > 0, else 0; f' = 1 where y > 0, else 0 (also at the kink). NaN passes forward.</summary>
public readonly struct ReluActivation : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T input)
        where T : struct, IReal<T> =>
        T.Max(T.Zero, input);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T output, T outputGradient)
        where T : struct, IReal<T> =>
        T.SelectGreater(output, T.Zero, outputGradient, T.Zero);
}
