using System.Globalization;
using System.Numerics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Writes divisions of integers by numbers that are known, without dividing.</summary>
/// <remarks>
/// <para>
/// NVIDIA's assembler takes a division by any number, a power of two included, for a division by something unknown: a reciprocal of floats and a dozen
/// operations behind it. Compilers above it are expected to do better.
/// </para>
/// <para>
/// Source of the multipliers: Granlund and Montgomery (1994), "Division by Invariant Integers using Multiplication": with l = ⌈log2 d⌉ and
/// m = ⌊2^(31 + l) / d⌋ + 1 − 2^32 the quotient of x is x + (m·x >> 32), shifted right by l − 1, plus one where x is negative.
/// </para>
/// </remarks>
internal sealed class PtxDivisions(PtxRegisters registers, PtxText text)
{
    /// <summary>Writes a division or a remainder; false where it is left to the machine.</summary>
    internal bool Write(IrInstruction one)
    {
        if (!one.Type.IsInteger || one.Operands[1] is not IrConstant { Type.IsVector: false, Bits: > 1 } divisor)
        {
            return false;
        }

        int width = one.Type == IrType.I64 ? 64 : 32;
        bool isPower = BitOperations.IsPow2(divisor.Bits);
        string value = registers.Of(one.Operands[0]);
        switch (one.Opcode)
        {
            case IrOpcode.DivideUnsigned when isPower:
                text.Instruction($"shr.u{width}", registers.Of(one), value, Number(BitOperations.Log2((ulong)divisor.Bits)));
                return true;
            case IrOpcode.RemainderUnsigned when isPower:
                text.Instruction($"and.b{width}", registers.Of(one), value, Number(divisor.Bits - 1));
                return true;
            case IrOpcode.Divide or IrOpcode.Remainder when isPower:
                ByPower(one, value, width, divisor.Bits);
                return true;
            case IrOpcode.Divide or IrOpcode.Remainder when width == 32:
                ByNumber(one, value, (int)divisor.Bits);
                return true;
            default:
                return false;
        }
    }

    // A negative number is made larger by the divisor less one first, as quotients round towards zero.
    private void ByPower(IrInstruction one, string value, int width, long divisor)
    {
        int shift = BitOperations.Log2((ulong)divisor);
        string sign = value;
        if (shift > 1)
        {
            sign = registers.New(PtxRegisters.Prefix(one.Type));
            text.Instruction($"shr.s{width}", sign, value, Number(width - 1));
        }

        string correction = registers.New(PtxRegisters.Prefix(one.Type));
        string corrected = registers.New(PtxRegisters.Prefix(one.Type));
        text.Instruction($"shr.u{width}", correction, sign, Number(width - shift));
        text.Instruction($"add.s{width}", corrected, value, correction);
        if (one.Opcode == IrOpcode.Divide)
        {
            text.Instruction($"shr.s{width}", registers.Of(one), corrected, Number(shift));
            return;
        }

        string multiple = registers.New(PtxRegisters.Prefix(one.Type));
        text.Instruction($"and.b{width}", multiple, corrected, Number(-divisor));
        text.Instruction($"sub.s{width}", registers.Of(one), value, multiple);
    }

    private void ByNumber(IrInstruction one, string value, int divisor)
    {
        int bits = 32 - BitOperations.LeadingZeroCount((uint)divisor - 1);
        int multiplier = unchecked((int)(uint)(((UInt128.One << (31 + bits)) / (uint)divisor) + 1));
        string high = registers.New(PtxRegisters.Prefix(one.Type));
        string sum = registers.New(PtxRegisters.Prefix(one.Type));
        string shifted = registers.New(PtxRegisters.Prefix(one.Type));
        string sign = registers.New(PtxRegisters.Prefix(one.Type));
        string quotient = one.Opcode == IrOpcode.Divide ? registers.Of(one) : registers.New(PtxRegisters.Prefix(one.Type));
        text.Instruction("mul.hi.s32", high, value, Number(multiplier));
        text.Instruction("add.s32", sum, high, value);
        text.Instruction("shr.s32", shifted, sum, Number(bits - 1));
        text.Instruction("shr.u32", sign, value, "31");
        text.Instruction("add.s32", quotient, shifted, sign);
        if (one.Opcode == IrOpcode.Remainder)
        {
            string multiple = registers.New(PtxRegisters.Prefix(one.Type));
            text.Instruction("mul.lo.s32", multiple, quotient, Number(divisor));
            text.Instruction("sub.s32", registers.Of(one), value, multiple);
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
