using System.Globalization;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Translates what computes a value from values.</summary>
/// <remarks>
/// Floats round to nearest and keep subnormal numbers; a product and a sum become one operation only where the kernel asks for it. Shifts of
/// PTX saturate their distance, so it is masked first. Conversions to integers saturate by themselves; where NaN would not become 0 it is
/// replaced.
/// </remarks>
internal sealed class PtxArithmetic(IrFunction function, PtxRegisters registers, PtxText text)
{
    private readonly PtxDivisions _divisions = new(registers, text);

    internal void Write(IrInstruction one)
    {
        switch (one.Opcode)
        {
            case IrOpcode.And or IrOpcode.Or or IrOpcode.Xor or IrOpcode.Not:
                Operation($"{Word(one.Opcode)}.{Bits(one.Type)}", one);
                break;
            case IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned:
                Shift(one);
                break;
            case IrOpcode.Equal or IrOpcode.NotEqual or IrOpcode.Less or IrOpcode.LessEqual or IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned:
                Compare(one);
                break;
            case IrOpcode.Select:
                Select(one);
                break;
            case IrOpcode.Convert or IrOpcode.ConvertUnsigned:
                Convert(one, one.Operands[0]);
                break;
            case IrOpcode.Reinterpret:
                Operation($"mov.{(registers.Of(one).StartsWith("%rd", StringComparison.Ordinal) || one.Type == IrType.F64 ? "b64" : "b32")}", one);
                break;
            case IrOpcode.PopCount or IrOpcode.LeadingZeros:
                Operation($"{(one.Opcode == IrOpcode.PopCount ? "popc" : "clz")}.{Bits(one.Operands[0].Type)}", one);
                break;
            case IrOpcode.Math:
                Operation(Function(one), one);
                break;
            case IrOpcode.Divide or IrOpcode.Remainder or IrOpcode.DivideUnsigned or IrOpcode.RemainderUnsigned when _divisions.Write(one):
                break;
            default:
                Operation(one.Type.IsFloat ? FloatOperation(one) : IntegerOperation(one), one);
                break;
        }
    }

    /// <summary>A predicate register that holds a bool.</summary>
    internal string Predicate(IrValue value)
    {
        if (value is not IrConstant)
        {
            return registers.Of(value);
        }

        string predicate = registers.New("%p");
        text.Instruction("mov.pred", predicate, registers.Of(value));
        return predicate;
    }

    private static string Word(IrOpcode opcode) => opcode.ToString().ToLowerInvariant();

    private static string Bits(IrType type) => type.Kind switch
    {
        ScalarKind.Bool => "pred",
        ScalarKind.I64 => "b64",
        ScalarKind.Pointer when type.Space == AddressSpace.Global => "b64",
        ScalarKind.F32 => "f32",
        ScalarKind.F64 => "f64",
        _ => "b32",
    };

    private static string Typed(IrType type, bool isUnsigned) => type.Kind switch
    {
        ScalarKind.F32 => "f32",
        ScalarKind.F64 => "f64",
        _ => $"{(isUnsigned || type.IsPointer ? "u" : "s")}{(Bits(type) == "b64" ? "64" : "32")}",
    };

    private string FloatOperation(IrInstruction one) => one.Opcode switch
    {
        IrOpcode.Add => $"add.rn.{Typed(one.Type, false)}",
        IrOpcode.Subtract => $"sub.rn.{Typed(one.Type, false)}",
        IrOpcode.Multiply => $"mul.rn.{Typed(one.Type, false)}",
        IrOpcode.Divide => $"div.rn.{Typed(one.Type, false)}",
        IrOpcode.Negate => $"neg.{Typed(one.Type, false)}",
        _ => throw Unknown(one),
    };

    private string IntegerOperation(IrInstruction one) => one.Opcode switch
    {
        IrOpcode.Add => $"add.{Typed(one.Type, false)}",
        IrOpcode.Subtract => $"sub.{Typed(one.Type, false)}",
        IrOpcode.Multiply => $"mul.lo.{Typed(one.Type, false)}",
        IrOpcode.Divide => $"div.{Typed(one.Type, false)}",
        IrOpcode.DivideUnsigned => $"div.{Typed(one.Type, true)}",
        IrOpcode.Remainder => $"rem.{Typed(one.Type, false)}",
        IrOpcode.RemainderUnsigned => $"rem.{Typed(one.Type, true)}",
        IrOpcode.Negate => $"neg.{Typed(one.Type, false)}",
        _ => throw Unknown(one),
    };

    private InternalCompilerException Unknown(IrInstruction one) =>
        new(function.Name, $"{one.Opcode} has no PTX instruction", IrPrinter.Print(function));

    private void Operation(string operation, IrInstruction one) =>
        text.Instruction(operation, [registers.Of(one), .. one.Operands.Select(operand => one.Type == IrType.Bool ? Predicate(operand) : registers.Of(operand))]);

    private void Shift(IrInstruction one)
    {
        string operation = one.Opcode == IrOpcode.ShiftLeft
            ? $"shl.{Bits(one.Type)}"
            : $"shr.{Typed(one.Type, one.Opcode == IrOpcode.ShiftRightUnsigned)}";
        int mask = one.Type == IrType.I32 ? 31 : 63;
        text.Instruction(operation, registers.Of(one), registers.Of(one.Operands[0]), Distance(one.Operands[1], mask));
    }

    private string Distance(IrValue value, int mask)
    {
        if (value is IrConstant known)
        {
            return (known.Bits & mask).ToString(CultureInfo.InvariantCulture);
        }

        if (value is IrInstruction { Opcode: IrOpcode.And } masked && masked.Operands[1] is IrConstant { Bits: >= 0 } bound && bound.Bits <= mask)
        {
            return registers.Of(value);
        }

        string distance = registers.New("%r");
        text.Instruction("and.b32", distance, registers.Of(value), mask.ToString(CultureInfo.InvariantCulture));
        return distance;
    }

    private void Compare(IrInstruction one)
    {
        IrType type = one.Operands[0].Type;
        if (type == IrType.Bool)
        {
            string differs = one.Opcode == IrOpcode.NotEqual ? registers.Of(one) : registers.New("%p");
            text.Instruction("xor.pred", differs, Predicate(one.Operands[0]), Predicate(one.Operands[1]));
            if (one.Opcode == IrOpcode.Equal)
            {
                text.Instruction("not.pred", registers.Of(one), differs);
            }

            return;
        }

        string relation = one.Opcode switch
        {
            IrOpcode.Equal => "eq",
            IrOpcode.NotEqual => type.IsFloat ? "neu" : "ne",
            IrOpcode.Less or IrOpcode.LessUnsigned => "lt",
            _ => "le",
        };
        bool isUnsigned = one.Opcode is IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned;
        text.Instruction(
            $"setp.{relation}.{Typed(type, isUnsigned)}", registers.Of(one), registers.Of(one.Operands[0]), registers.Of(one.Operands[1]));
    }

    private void Select(IrInstruction one)
    {
        string condition = Predicate(one.Operands[0]);
        if (one.Type != IrType.Bool)
        {
            text.Instruction($"selp.{Bits(one.Type)}", registers.Of(one), registers.Of(one.Operands[1]), registers.Of(one.Operands[2]), condition);
            return;
        }

        // There is no selection of predicates.
        string not = registers.New("%p");
        string first = registers.New("%p");
        string second = registers.New("%p");
        text.Instruction("not.pred", not, condition);
        text.Instruction("and.pred", first, condition, Predicate(one.Operands[1]));
        text.Instruction("and.pred", second, not, Predicate(one.Operands[2]));
        text.Instruction("or.pred", registers.Of(one), first, second);
    }

    private void Convert(IrInstruction one, IrValue operand)
    {
        string result = registers.Of(one);
        string source = registers.Of(operand);
        bool isUnsigned = one.Opcode == IrOpcode.ConvertUnsigned;
        switch (operand.Type)
        {
            case { Kind: ScalarKind.Bool }:
                IrConstant whenTrue = one.Type.Kind switch
                {
                    ScalarKind.F32 => IrConstant.Of(1f),
                    ScalarKind.F64 => IrConstant.Of(1.0),
                    _ => IrConstant.Integer(one.Type, 1),
                };
                text.Instruction(
                    $"selp.{Bits(one.Type)}", result, registers.Of(whenTrue), registers.Of(IrConstant.Zero(one.Type)), Predicate(operand));
                break;
            case { IsInteger: true } when one.Type.IsFloat:
                text.Instruction($"cvt.rn.{Typed(one.Type, false)}.{Typed(operand.Type, isUnsigned)}", result, source);
                break;
            case { IsFloat: true } when one.Type.IsInteger:
                ToInteger(one, operand, isUnsigned);
                break;
            case var same when same == one.Type:
                text.Instruction($"mov.{Bits(one.Type)}", result, source);
                break;
            case { IsInteger: true } when one.Type == IrType.I32:
                text.Instruction("cvt.u32.u64", result, source);
                break;
            case { IsInteger: true }:
                text.Instruction(isUnsigned ? "cvt.u64.u32" : "cvt.s64.s32", result, source);
                break;
            default:
                text.Instruction(one.Type == IrType.F32 ? "cvt.rn.f32.f64" : "cvt.f64.f32", result, source);
                break;
        }
    }

    // NaN becomes 0 by itself only where both sides have 32 bits.
    private void ToInteger(IrInstruction one, IrValue operand, bool isUnsigned)
    {
        string source = registers.Of(operand);
        string operation = $"cvt.rzi.{Typed(one.Type, isUnsigned)}.{Typed(operand.Type, false)}";
        if (one.Type == IrType.I32 && operand.Type == IrType.F32)
        {
            text.Instruction(operation, registers.Of(one), source);
            return;
        }

        string number = registers.New(PtxRegisters.Prefix(one.Type));
        string isNaN = registers.New("%p");
        text.Instruction(operation, number, source);
        text.Instruction($"setp.nan.{Typed(operand.Type, false)}", isNaN, source, source);
        text.Instruction($"selp.{Bits(one.Type)}", registers.Of(one), "0", number, isNaN);
    }

    private string Where(IrInstruction one) => one.Source is null ? function.Name : $"{function.Name} at {one.Source}";

    private string Function(IrInstruction one)
    {
        MathFunction math = (MathFunction)one.Immediate;
        string suffix = Typed(one.Type, false);
        return math switch
        {
            MathFunction.MultiplyAdd => $"fma.rn.{suffix}",
            MathFunction.Abs => $"abs.{suffix}",
            MathFunction.Sqrt => $"sqrt.rn.{suffix}",
            MathFunction.Floor => $"cvt.rmi.{suffix}.{suffix}",
            MathFunction.Ceiling => $"cvt.rpi.{suffix}.{suffix}",
            MathFunction.Truncate => $"cvt.rzi.{suffix}.{suffix}",
            MathFunction.RoundToEven => $"cvt.rni.{suffix}.{suffix}",
            _ => throw Refusal.Approximate(Where(one), math.ToString()),
        };
    }
}
