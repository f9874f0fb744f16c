using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Activations;

/// <summary>An activation that numbers choose while a step runs, so that one node serves all of them.</summary>
/// <remarks>
/// <para>
/// The kinds, with α and β (source: ONNX, operators LSTM, GRU and RNN): 0 α x + β; 1 x where x &gt; 0, else α x; 2 x where x ≥ α, else 0;
/// 3 α x + β within [0, 1]; 4 α tanh(β x); 5 the same + ½, which with α = β = ½ is the logistic function; 6 x where x &gt; 0, else α (e^x − 1);
/// 7 x / (1 + |x|); 8 log(1 + e^x) = max(x, 0) + log(1 + e^−|x|).
/// </para>
/// <para>
/// A lane may hold units of several kinds, so all are computed and one is taken. What they have in common is done once: one exponential, of −2 |β x| for
/// tanh z = (1 − e^(−2z)) / (1 + e^(−2z)) and of −|x| for the others, one quotient and one logarithm. The derivative is written in x and y: from y
/// alone it does not always follow, and from x alone it would cost the tangent again. At a kink it is that of the side below.
/// </para>
/// </remarks>
public static class ChosenActivation
{
    /// <summary>The number of the kind that computes a function.</summary>
    public static int KindOf(OnnxActivation function) => function switch
    {
        OnnxActivation.Affine => 0,
        OnnxActivation.Relu or OnnxActivation.LeakyRelu => 1,
        OnnxActivation.ThresholdedRelu => 2,
        OnnxActivation.HardSigmoid => 3,
        OnnxActivation.Tanh or OnnxActivation.ScaledTanh => 4,
        OnnxActivation.Sigmoid => 5,
        OnnxActivation.Elu => 6,
        OnnxActivation.Softsign => 7,
        _ => 8,
    };

    /// <summary>y = f(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T kind, T alpha, T beta, T input)
        where T : struct, IReal<T>
    {
        T magnitude = T.Abs(input);
        T scaled = beta * input;
        T line = T.MultiplyAdd(alpha, input, beta);
        T reach = T.SelectGreater(kind, T.Constant(5.5f), magnitude, T.Abs(scaled + scaled));
        T falling = T.Exp(-reach);
        T quotient = T.SelectGreater(kind, T.Constant(6.5f), input, T.One - falling)
            / (T.One + T.SelectGreater(kind, T.Constant(6.5f), magnitude, falling));
        T tangent = alpha * T.SelectGreater(scaled, T.Zero, quotient, -quotient);
        T result = T.Max(input, T.Zero) + T.Log(T.One + falling);
        result = T.SelectGreater(kind, T.Constant(7.5f), result, quotient);
        result = T.SelectGreater(kind, T.Constant(6.5f), result, T.SelectGreater(input, T.Zero, input, alpha * (falling - T.One)));
        result = T.SelectGreater(kind, T.Constant(5.5f), result, tangent + Shift(kind));
        result = T.SelectGreater(kind, T.Constant(3.5f), result, T.Max(T.Zero, T.Min(T.One, line)));
        result = T.SelectGreater(kind, T.Constant(2.5f), result, T.SelectGreater(alpha, input, T.Zero, input));
        result = T.SelectGreater(kind, T.Constant(1.5f), result, T.SelectGreater(input, T.Zero, input, alpha * input));
        return T.SelectGreater(kind, T.Constant(0.5f), result, line);
    }

    /// <summary>f'(x).</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="alpha">α.</param>
    /// <param name="beta">β.</param>
    /// <param name="input">x.</param>
    /// <param name="output">y, as <see cref="Forward"/> gave it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Derivative<T>(T kind, T alpha, T beta, T input, T output)
        where T : struct, IReal<T>
    {
        T falling = T.Exp(-T.Abs(input));
        T line = T.MultiplyAdd(alpha, input, beta);
        T tangent = output - Shift(kind);
        T share = T.One - T.Abs(output);

        // A tangent of height 0 is 0 everywhere, and so is its slope.
        T height = T.SelectGreater(T.Abs(alpha), T.Zero, alpha, T.One);
        T quotient = T.SelectGreater(kind, T.Constant(7.5f), T.SelectGreater(input, T.Zero, T.One, falling), tangent * tangent)
            / T.SelectGreater(kind, T.Constant(7.5f), T.One + falling, height);
        T result = T.SelectGreater(kind, T.Constant(7.5f), quotient, share * share);
        result = T.SelectGreater(kind, T.Constant(6.5f), result, T.SelectGreater(input, T.Zero, T.One, output + alpha));
        result = T.SelectGreater(kind, T.Constant(5.5f), result, beta * (alpha - quotient));
        result = T.SelectGreater(kind, T.Constant(3.5f), result, Between(line, alpha));
        result = T.SelectGreater(kind, T.Constant(2.5f), result, T.SelectGreater(alpha, input, T.Zero, T.One));
        result = T.SelectGreater(kind, T.Constant(1.5f), result, T.SelectGreater(input, T.Zero, T.One, alpha));
        return T.SelectGreater(kind, T.Constant(0.5f), result, alpha);
    }

    /// <summary>x, no further from zero than a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Clip<T>(T input, T limit)
        where T : struct, IReal<T> =>
        T.Max(-limit, T.Min(limit, input));

    /// <summary>The gradient of what was clipped: that of the result within the limit, else 0.</summary>
    /// <param name="result">What <see cref="Clip"/> gave.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="gradient">The result's gradient.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ClipBackward<T>(T result, T limit, T gradient)
        where T : struct, IReal<T> =>
        T.SelectGreater(limit, T.Abs(result), gradient, T.Zero);

    // Kind 5 is kind 4 half a unit higher.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Shift<T>(T kind)
        where T : struct, IReal<T> =>
        T.SelectGreater(kind, T.Constant(4.5f), T.Constant(0.5f), T.Zero);

    // The slope of a line that is cut at 0 and 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Between<T>(T line, T slope)
        where T : struct, IReal<T> =>
        T.SelectGreater(line, T.Zero, T.SelectGreater(T.One, line, slope, T.Zero), T.Zero);
}
