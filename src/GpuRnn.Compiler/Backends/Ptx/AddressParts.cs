using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>What an address is made of: a pointer, an index to scale, and a distance that is known when compiling.</summary>
/// <param name="Pointer">Where the elements begin.</param>
/// <param name="Index">What is left of the index; null when all of it is known.</param>
/// <param name="Scale">The bytes for which one of the index counts.</param>
/// <param name="Offset">In bytes.</param>
/// <remarks>
/// C# computes an index of 32 bits and widens it. Taking a constant out of it assumes that the sum does not wrap, which no index of an element
/// does: it would be an element some two thousand million positions away. Constants beyond <see cref="MaximumConstant"/> stay where they are.
/// </remarks>
internal readonly record struct AddressParts(IrValue Pointer, IrValue? Index, int Scale, long Offset)
{
    private const int MaximumConstant = 1 << 16;

    /// <summary>True for an instruction that this record takes apart.</summary>
    internal static bool IsAddress(IrValue value) => value is IrInstruction { Opcode: IrOpcode.ElementAddress or IrOpcode.ByteAddress };

    internal static AddressParts Of(IrInstruction address)
    {
        IrValue index = address.Operands[1];
        int scale = address.Opcode == IrOpcode.ElementAddress ? SizeOf(address.Type.Element) : 1;
        if (index is IrInstruction { Opcode: IrOpcode.Multiply } product && Widened(product.Operands[0]) is not null
            && product.Operands[1] is IrConstant { Bits: > 0 and <= MaximumConstant } factor)
        {
            index = product.Operands[0];
            scale *= (int)factor.Bits;
        }

        index = Widened(index) ?? index;
        long constant = 0;
        while (Constant(index) is (IrValue remainder, long term) && Math.Abs(constant + term) <= MaximumConstant)
        {
            index = remainder;
            constant += term;
        }

        return index is IrConstant known && Math.Abs(known.Bits) <= MaximumConstant
            ? new AddressParts(address.Operands[0], null, scale, (constant + known.Bits) * scale)
            : new AddressParts(address.Operands[0], index, scale, constant * scale);
    }

    /// <summary>The bytes of an element; 1 for structs, which are addressed by bytes.</summary>
    internal static int SizeOf(ScalarKind kind) => Math.Max(1, new IrType(kind).SizeInBytes);

    private static IrValue? Widened(IrValue value) =>
        value is IrInstruction { Opcode: IrOpcode.Convert } convert && convert.Type == IrType.I64 && convert.Operands[0].Type == IrType.I32
            ? convert.Operands[0]
            : null;

    private static (IrValue Remainder, long Term)? Constant(IrValue index) => index switch
    {
        IrInstruction { Opcode: IrOpcode.Add } sum when sum.Operands[1] is IrConstant right => (sum.Operands[0], right.Bits),
        IrInstruction { Opcode: IrOpcode.Add } sum when sum.Operands[0] is IrConstant left => (sum.Operands[1], left.Bits),
        IrInstruction { Opcode: IrOpcode.Subtract } difference when difference.Operands[1] is IrConstant right => (difference.Operands[0], -right.Bits),
        _ => null,
    };
}
