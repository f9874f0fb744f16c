using System.Globalization;

namespace GpuRnn.Compiler.Ir;

/// <summary>A number known to the compiler, kept as its bits; of a vector type it stands in every element.</summary>
internal sealed class IrConstant : IrValue
{
    private IrConstant(IrType type, long bits)
        : base(type)
    {
        Bits = bits;
    }

    /// <summary>The value of an integer, sign-extended; 0 or 1 for a bool; the IEEE 754 bits of a float; 0 for a null pointer.</summary>
    internal long Bits { get; }

    internal float Single => BitConverter.Int32BitsToSingle((int)Bits);

    internal double Double => BitConverter.Int64BitsToDouble(Bits);

    internal static IrConstant Of(int value) => new(IrType.I32, value);

    internal static IrConstant Of(long value) => new(IrType.I64, value);

    internal static IrConstant Of(bool value) => new(IrType.Bool, value ? 1 : 0);

    internal static IrConstant Of(float value) => new(IrType.F32, BitConverter.SingleToInt32Bits(value));

    internal static IrConstant Of(double value) => new(IrType.F64, BitConverter.DoubleToInt64Bits(value));

    internal static IrConstant Zero(IrType type) => new(type, 0);

    /// <summary>An integer of the given type, cut to its width.</summary>
    internal static IrConstant Integer(IrType type, long value) => new(type, type.Kind == ScalarKind.I32 ? (int)value : value);

    /// <summary>A vector with the number in every element.</summary>
    internal static IrConstant Splat(IrType vector, IrConstant element) => new(vector, element.Bits);

    /// <summary>One of the equal elements of a vector.</summary>
    internal IrConstant Element() => new(Type.Scalar, Bits);

    /// <summary>The constant of a boxed number, null for anything else.</summary>
    internal static IrConstant? FromObject(object? value) => value switch
    {
        bool number => Of(number),
        int number => Of(number),
        uint number => Of((int)number),
        byte number => Of((int)number),
        sbyte number => Of((int)number),
        short number => Of((int)number),
        ushort number => Of((int)number),
        long number => Of(number),
        ulong number => Of((long)number),
        float number => Of(number),
        double number => Of(number),
        _ => null,
    };

    internal bool SameAs(IrConstant other) => Type == other.Type && Bits == other.Bits;

    public override string ToString() => Type.IsVector ? $"[{Element()}]" : Type.Kind switch
    {
        ScalarKind.Bool => Bits != 0 ? "true" : "false",
        ScalarKind.F32 => $"{Single.ToString("R", CultureInfo.InvariantCulture)}f",
        ScalarKind.F64 => $"{Double.ToString("R", CultureInfo.InvariantCulture)}d",
        ScalarKind.Pointer => "null",
        ScalarKind.I64 => $"{Bits.ToString(CultureInfo.InvariantCulture)}L",
        _ => Bits.ToString(CultureInfo.InvariantCulture),
    };
}
