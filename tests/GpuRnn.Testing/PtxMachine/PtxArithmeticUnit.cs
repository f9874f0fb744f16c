using System.Globalization;
using System.Numerics;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>What instructions compute from the bits of their operands, after the manual of PTX ISA 7.8.</summary>
internal static class PtxArithmeticUnit
{
    /// <summary>The bits of a type.</summary>
    internal static int Width(string type) => type switch
    {
        "pred" => 1,
        ['u' or 's' or 'b' or 'f', '3', '2'] => 32,
        ['u' or 's' or 'b' or 'f', '6', '4'] => 64,
        _ => int.Parse(type[1..], CultureInfo.InvariantCulture),
    };

    /// <summary>The low bits that a type has.</summary>
    internal static ulong Cut(ulong value, string type) => Width(type) == 64 ? value : value & ((1UL << Width(type)) - 1);

    /// <summary>A loaded number in a register that may be wider.</summary>
    internal static ulong Widen(ulong value, string type) => type[0] == 's' ? Cut((ulong)Signed(value, Width(type)), Width(type) == 64 ? "b64" : "b32") : value;

    /// <summary>The result of an instruction without memory.</summary>
    internal static ulong Compute(PtxInstruction instruction, ReadOnlySpan<ulong> values)
    {
        string type = instruction.Type;
        string word = instruction.Operation[0];
        switch (word)
        {
            case "mov":
                return values[0];
            case "cvt" when instruction.Operation is [_, "rn", "bf16x2", "f32"]:
                return (BFloat16(values[0]) << 16) | BFloat16(values[1]);
            case "cvt" when instruction.Operation is [_, "rna", "tf32", "f32"]:
                return double.IsNaN(AsSingle(values[0])) ? 0x7FFFFFFFUL : Cut(((values[0] & 0x7FFFFFFFUL) + 0x1000UL) & ~0x1FFFUL, "b32") | (values[0] & 0x80000000UL);
            case "cvt":
                return Convert(instruction, values[0]);
            case "setp":
                return Compare(instruction.Operation[1], type, values[0], values[1]) ? 1UL : 0UL;
            case "selp":
                return values[2] != 0 ? values[0] : values[1];
            case "mul" when instruction.Operation[1] == "wide":
                return WideProduct(type, values[0], values[1]);
            case "mul" when instruction.Operation[1] == "hi" && type == "s32":
                return Cut(WideProduct(type, values[0], values[1]) >> 32, type);
            case "mad" when instruction.Operation[1] == "wide":
                return unchecked(WideProduct(type, values[0], values[1]) + values[2]);
            case "mad" when instruction.Operation[1] == "lo":
                return Cut(unchecked((values[0] * values[1]) + values[2]), type);
            case "fma" when instruction.Operation[1] == "rn":
                return type == "f32"
                    ? Bits(MathF.FusedMultiplyAdd(AsSingle(values[0]), AsSingle(values[1]), AsSingle(values[2])))
                    : Bits(Math.FusedMultiplyAdd(AsDouble(values[0]), AsDouble(values[1]), AsDouble(values[2])));
            case "mul" when instruction.Operation[1] is not ("lo" or "rn"):
            case "add" or "sub" or "div" or "sqrt" when type[0] == 'f' && instruction.Operation[1] != "rn":
                throw Unknown(instruction.Text, type);
            default:
                return values.Length == 1 ? Unary(word, type, values[0]) : Binary(word, type, values[0], values[1]);
        }
    }

    /// <summary>The result of an operation on two numbers of one type.</summary>
    internal static ulong Binary(string word, string type, ulong left, ulong right) => type switch
    {
        "pred" => Logic(word, left, right),
        "f32" => Bits(Float(word, AsSingle(left), AsSingle(right))),
        "f64" => Bits(Float(word, AsDouble(left), AsDouble(right))),
        _ => Cut(Integer(word, type, left, right), type),
    };

    private static ulong Logic(string word, ulong left, ulong right) => word switch
    {
        "and" => left & right,
        "or" => left | right,
        "xor" => left ^ right,
        _ => throw Unknown(word, "pred"),
    };

    private static T Float<T>(string word, T left, T right)
        where T : IFloatingPointIeee754<T> => word switch
    {
        "add" => left + right,
        "sub" => left - right,
        "mul" => left * right,
        "div" => left / right,
        "min" => T.MinNumber(left, right),
        "max" => T.MaxNumber(left, right),
        _ => throw Unknown(word, typeof(T).Name),
    };

    private static ulong Integer(string word, string type, ulong left, ulong right)
    {
        int width = Width(type);
        bool isSigned = type[0] == 's';
        long first = Signed(left, width);
        long second = Signed(right, width);
        return word switch
        {
            "add" => unchecked(left + right),
            "sub" => unchecked(left - right),
            "mul" => unchecked(left * right),
            "div" => isSigned ? (ulong)(first / second) : left / right,
            "rem" => isSigned ? (ulong)(first % second) : left % right,
            "min" => isSigned ? (ulong)Math.Min(first, second) : Math.Min(left, right),
            "max" => isSigned ? (ulong)Math.Max(first, second) : Math.Max(left, right),
            "and" => left & right,
            "or" => left | right,
            "xor" => left ^ right,

            // Distances beyond the width count as the width.
            "shl" => right >= (ulong)width ? 0 : left << (int)right,
            "shr" when isSigned => (ulong)(first >> (int)Math.Min(right, (ulong)width - 1)),
            "shr" => right >= (ulong)width ? 0 : left >> (int)right,
            _ => throw Unknown(word, type),
        };
    }

    private static ulong Unary(string word, string type, ulong value) => (word, type) switch
    {
        ("not", _) => Cut(~value, type),
        ("popc", _) => (ulong)BitOperations.PopCount(value),
        ("clz", _) => (ulong)(BitOperations.LeadingZeroCount(value) - (64 - Width(type))),
        ("neg", "f32") => value ^ 0x80000000UL,
        ("neg", "f64") => value ^ 0x8000000000000000UL,
        ("neg", _) => Cut(unchecked(0UL - value), type),
        ("abs", "f32") => value & 0x7FFFFFFFUL,
        ("abs", "f64") => value & 0x7FFFFFFFFFFFFFFFUL,
        ("sqrt", "f32") => Bits(MathF.Sqrt(AsSingle(value))),
        ("sqrt", "f64") => Bits(Math.Sqrt(AsDouble(value))),
        _ => throw Unknown(word, type),
    };

    private static ulong WideProduct(string type, ulong left, ulong right) => type switch
    {
        "s32" => (ulong)((long)(int)left * (int)right),
        "u32" => (ulong)(uint)left * (uint)right,
        _ => throw Unknown("mul.wide", type),
    };

    private static bool Compare(string relation, string type, ulong left, ulong right)
    {
        if (type[0] == 'f')
        {
            double first = type == "f32" ? AsSingle(left) : AsDouble(left);
            double second = type == "f32" ? AsSingle(right) : AsDouble(right);
            return relation switch
            {
                "eq" => first == second,
                "neu" => first != second,
                "lt" => first < second,
                "le" => first <= second,
                "gt" => first > second,
                "ge" => first >= second,
                "nan" => double.IsNaN(first) || double.IsNaN(second),
                _ => throw Unknown(relation, type),
            };
        }

        int order = type[0] == 's' ? Signed(left, Width(type)).CompareTo(Signed(right, Width(type))) : left.CompareTo(right);
        return relation switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "lt" => order < 0,
            "le" => order <= 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            _ => throw Unknown(relation, type),
        };
    }

    private static ulong Convert(PtxInstruction instruction, ulong value)
    {
        string[] words = instruction.Operation;
        string from = words[^1];
        string to = words[^2];
        string rounding = words.Length > 3 ? words[1] : "";
        if (from[0] != 'f')
        {
            long signed = Signed(value, Width(from));
            return (to, from[0], rounding) switch
            {
                ("f32", 's', "rn") => Bits((float)signed),
                ("f32", 'u', "rn") => Bits((float)value),
                ("f64", 's', "rn") => Bits((double)signed),
                ("f64", 'u', "rn") => Bits((double)value),
                (['s' or 'u', ..], 's', "") => Cut((ulong)signed, to),
                (['s' or 'u', ..], 'u', "") => Cut(value, to),
                _ => throw Unknown(instruction.Text, to),
            };
        }

        double number = from == "f32" ? AsSingle(value) : AsDouble(value);
        return (to, rounding) switch
        {
            ("f32", "rn") when from == "f64" => Bits((float)number),
            ("f64", "") when from == "f32" => Bits(number),
            ("f32" or "f64", _) => to == from ? FloatBits(to, Rounded(number, rounding)) : throw Unknown(instruction.Text, to),
            (_, "rzi") => ToInteger(number, from, to),
            _ => throw Unknown(instruction.Text, to),
        };
    }

    // Nearest, ties to even, by the remainder that the low half leaves.
    private static ulong BFloat16(ulong value)
    {
        if (double.IsNaN(AsSingle(value)))
        {
            return 0x7FFF;
        }

        (ulong kept, ulong rest) = (value >> 16, value & 0xFFFF);
        return rest > 0x8000 || (rest == 0x8000 && (kept & 1) == 1) ? kept + 1 : kept;
    }

    private static double Rounded(double number, string rounding) => rounding switch
    {
        "rmi" => Math.Floor(number),
        "rpi" => Math.Ceiling(number),
        "rzi" => Math.Truncate(number),
        "rni" => Math.Round(number, MidpointRounding.ToEven),
        _ => throw Unknown("cvt", rounding),
    };

    // Numbers beyond the range become its ends. NaN becomes 0 only between 32-bit types, otherwise the number whose top bit alone is set.
    private static ulong ToInteger(double number, string from, string to)
    {
        int width = Width(to);
        if (double.IsNaN(number))
        {
            return from == "f32" && width == 32 ? 0 : 1UL << (width - 1);
        }

        double whole = Math.Truncate(number);
        if (to[0] == 's')
        {
            double end = Math.ScaleB(1.0, width - 1);
            long value = whole >= end ? long.MaxValue >> (64 - width) : whole <= -end ? long.MinValue >> (64 - width) : (long)whole;
            return Cut((ulong)value, to);
        }

        return whole <= 0 ? 0 : whole >= Math.ScaleB(1.0, width) ? Cut(ulong.MaxValue, to) : (ulong)whole;
    }

    private static ulong FloatBits(string type, double number) => type == "f32" ? Bits((float)number) : Bits(number);

    private static long Signed(ulong value, int width) => (long)(value << (64 - width)) >> (64 - width);

    private static float AsSingle(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    private static ulong Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static double AsDouble(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static NotSupportedException Unknown(string word, string type) =>
        new($"PtxArithmeticUnit: '{word}' of {type} is not known. Teach it the instruction, with the PTX manual's meaning.");
}
