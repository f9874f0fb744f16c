using System.Globalization;
using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>Constants and input values: small numbers, the ends of the ranges, powers of two, and what floats have besides numbers.</summary>
internal static class Literals
{
    private static readonly double[] s_doubles =
    [
        0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.5, 1e-3, 1e10, -1e20, 1e300, -1e-300, 4.9e-324, 0.1, 1.0 / 3.0, 2147483647.0, 2147483648.0,
        4294967296.0, 9.2233720368547758e18, 1.8446744073709552e19, 16777217.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        9007199254740993.0, 0.49999999999999994, 1.5, 2.5, -0.5,
    ];

    private static readonly float[] s_floats =
    [
        0f, -0f, 1f, -1f, 0.5f, 2f, 3f, -2.5f, 1e-3f, 1e10f, -1e20f, 3e38f, 1e-38f, 1e-45f, 0.1f, 1f / 3f, 2147483648f, 4294967296f, -2147483648f,
        9.223372e18f, 1.8446744e19f, 16777216f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.49999997f, 1.5f, 2.5f, -0.5f, 88f, -104f,
    ];

    /// <summary>A random value of a number type, boxed.</summary>
    internal static object Value(SplitMix random, FuzzType type) =>
        type == FuzzType.Float ? (object)Float(random)
        : type == FuzzType.Double ? Double(random)
        : OfType(type, Integer(random));

    /// <summary>A literal of a type; most constants in programs are small.</summary>
    internal static Expression Literal(SplitMix random, FuzzType type, int smallPercent = 60)
    {
        if (type == FuzzType.Bool)
        {
            return new Expression(type, random.Chance(50) ? "true" : "false");
        }

        object value = type.IsInteger && random.Chance(smallPercent) ? Small(random, type) : Value(random, type);
        return new Expression(type, Text(type, value));
    }

    private static object Small(SplitMix random, FuzzType type) => OfType(type, (ulong)random.Below(12));

    private static object OfType(FuzzType type, ulong bits) => type.Name switch
    {
        "int" => (int)bits,
        "uint" => (uint)bits,
        "long" => (long)bits,
        _ => bits,
    };

    private static string Text(FuzzType type, object value) => value switch
    {
        float number when float.IsNaN(number) => "float.NaN",
        float number when float.IsInfinity(number) => number > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity",
        float number => $"({number.ToString("R", CultureInfo.InvariantCulture)}f)",
        double number when double.IsNaN(number) => "double.NaN",
        double number when double.IsInfinity(number) => number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        double number => $"({number.ToString("R", CultureInfo.InvariantCulture)}d)",
        IFormattable number => $"({number.ToString(null, CultureInfo.InvariantCulture)}{(type == FuzzType.UInt ? "u" : type == FuzzType.Long ? "L" : type == FuzzType.ULong ? "UL" : "")})",
        _ => throw new ArgumentException($"Literals.Text: a {value.GetType().Name} arrived, but a number was needed."),
    };

    private static ulong Integer(SplitMix random) => random.Below(6) switch
    {
        0 => (ulong)random.Below(20),
        1 => (ulong)-(long)random.Below(20),
        2 => 1UL << random.Below(64),
        3 => (1UL << random.Below(64)) - 1UL,
        4 => random.Pick<ulong>([int.MaxValue, 0x80000000UL, uint.MaxValue, long.MaxValue, 0x8000000000000000UL, ulong.MaxValue, 0xFFFFFFFF80000000UL]),
        _ => random.Next(),
    };

    private static float Float(SplitMix random) => random.Chance(50)
        ? random.Pick(s_floats)
        : BitConverter.UInt32BitsToSingle(((uint)random.Next() & 0x807FFFFF) | ((uint)(117 + random.Below(24)) << 23));

    private static double Double(SplitMix random) => random.Chance(50)
        ? random.Pick(s_doubles)
        : BitConverter.UInt64BitsToDouble((random.Next() & 0x800FFFFFFFFFFFFF) | ((ulong)(1003 + random.Below(50)) << 52));
}
