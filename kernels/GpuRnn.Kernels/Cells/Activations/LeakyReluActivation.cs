using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Activations;

/// <summary>y = x where x > 0, else 0.01 x; f' = 1 where y > 0, else 0.01 (also at the kink). NaN passes forward.</summary>
public readonly struct LeakyReluActivation : IActivation
{
    /// <summary>The slope below zero: PyTorch's default, as a single-precision number on every lane.</summary>
    public const float NegativeSlope = 0.01f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T input)
        where T : struct, IReal<T> =>
        T.SelectGreater(input, T.Zero, input, T.Constant(NegativeSlope) * input);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T output, T outputGradient)
        where T : struct, IReal<T> =>
        T.SelectGreater(output, T.Zero, outputGradient, T.Constant(NegativeSlope) * outputGradient);
}
