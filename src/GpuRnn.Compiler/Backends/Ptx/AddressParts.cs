using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>What the address of an element is made of: a pointer, an index to scale, and a distance that is known when compiling.</summary>
/// <param name="Pointer">Where the elements begin.</param>
/// <param name="Index">What is left of the index; null when all of it is known.</param>
/// <param name="Offset">In bytes.</param>
/// <remarks>
/// C# computes an index of 32 bits and widens it. Taking a constant out of it assumes that the sum does not wrap, which no index of an element
/// does: it would be an element some two thousand million positions away. Constants beyond <see cref="MaximumConstant"/> stay where they are.
/// </remarks>
internal readonly record struct AddressParts(IrValue Pointer, IrValue? Index, long Offset)
{
    private const int MaximumConstant = 1 << 16;

    internal static AddressParts Of(IrInstruction address)
    {
        IrValue index = address.Operands[1];
        if (index is IrInstruction { Opcode: IrOpcode.Convert } widened && widened.Operands[0].Type == IrType.I32)
        {
            index = widened.Operands[0];
        }

        long constant = 0;
        while (Constant(index) is (IrValue remainder, long term) && Math.Abs(constant + term) <= MaximumConstant)
        {
            index = remainder;
            constant += term;
        }

        if (index is IrConstant known && Math.Abs(known.Bits) <= MaximumConstant)
        {
            return new AddressParts(address.Operands[0], null, (constant + known.Bits) * SizeOf(address.Type.Element));
        }

        return new AddressParts(address.Operands[0], index, constant * SizeOf(address.Type.Element));
    }

    internal static int SizeOf(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool or ScalarKind.I8 or ScalarKind.U8 => 1,
        ScalarKind.I16 or ScalarKind.U16 => 2,
        ScalarKind.I32 or ScalarKind.F32 => 4,
        _ => 8,
    };

    private static (IrValue Remainder, long Term)? Constant(IrValue index) => index switch
    {
        IrInstruction { Opcode: IrOpcode.Add } sum when sum.Operands[1] is IrConstant right => (sum.Operands[0], right.Bits),
        IrInstruction { Opcode: IrOpcode.Add } sum when sum.Operands[0] is IrConstant left => (sum.Operands[1], left.Bits),
        IrInstruction { Opcode: IrOpcode.Subtract } difference when difference.Operands[1] is IrConstant right => (difference.Operands[0], -right.Bits),
        _ => null,
    };
}
