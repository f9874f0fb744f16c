using System.Numerics;

namespace GpuRnn.Compiler.Ir;

/// <summary>Knows when an operation's result is one of its operands or a constant, with C#'s meaning of every operation.</summary>
internal static class Simplifier
{
    /// <summary>The value that the operation would have, null when it must be computed.</summary>
    internal static IrValue? Simplify(IrOpcode opcode, IrType type, IReadOnlyList<IrValue> operands, int immediate)
    {
        if (operands.Count > 0 && operands.All(operand => operand is IrConstant { Type.IsVector: false }) && !type.IsPointer && !type.IsVector)
        {
            IrConstant? folded = Fold(opcode, type, operands, immediate);
            if (folded is not null)
            {
                return folded;
            }
        }

        if (OfNaN(opcode, type, operands, immediate) is IrConstant known)
        {
            return known;
        }

        return opcode switch
        {
            IrOpcode.Select when operands[0] is IrConstant condition => condition.Bits != 0 ? operands[1] : operands[2],
            IrOpcode.Select when operands[1] == operands[2] => operands[1],
            IrOpcode.NotEqual when operands is [IrInstruction { Opcode: IrOpcode.Convert } number, IrConstant { Bits: 0 }] && number.Operands[0].Type == IrType.Bool =>
                number.Operands[0],
            IrOpcode.Not when operands[0] is IrInstruction { Opcode: IrOpcode.Not } inner => inner.Operands[0],
            IrOpcode.Reinterpret when operands[0] is IrInstruction { Opcode: IrOpcode.Reinterpret } inner && inner.Operands[0].Type == type =>
                inner.Operands[0],
            IrOpcode.Convert or IrOpcode.ConvertUnsigned when operands[0].Type == type => operands[0],
            IrOpcode.Broadcast when operands[0] is IrConstant element => IrConstant.Splat(type, element),
            IrOpcode.Element when operands[0] is IrConstant vector => vector.Element(),
            IrOpcode.Element when operands[0] is IrInstruction { Opcode: IrOpcode.Broadcast } vector => vector.Operands[0],
            IrOpcode.ElementAddress when operands[1] is IrConstant { Bits: 0 } => operands[0],
            IrOpcode.ByteAddress when operands[1] is IrConstant { Bits: 0 } && operands[0].Type == type => operands[0],
            _ when operands.Count == 2 && (type.IsInteger || type == IrType.Bool) => Identity(opcode, type, operands[0], operands[1]),
            _ => null,
        };
    }

    private static IrValue? Identity(IrOpcode opcode, IrType type, IrValue left, IrValue right)
    {
        bool commutes = opcode is IrOpcode.Add or IrOpcode.Multiply or IrOpcode.And or IrOpcode.Or or IrOpcode.Xor;
        return commutes && left is IrConstant constant
            ? Identity(opcode, type, right, constant)
            : Identity(opcode, type, left, right as IrConstant);
    }

    private static IrValue? Identity(IrOpcode opcode, IrType type, IrValue value, IrConstant? constant)
    {
        if (constant is null || value.Type != type)
        {
            return null;
        }

        bool isAllOnes = constant.Bits == (type == IrType.Bool ? 1 : -1);
        return (opcode, constant.Bits) switch
        {
            (IrOpcode.Add or IrOpcode.Subtract or IrOpcode.Or or IrOpcode.Xor, 0) => value,
            (IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned, 0) => value,
            (IrOpcode.Multiply or IrOpcode.And, 0) => constant,
            (IrOpcode.Multiply or IrOpcode.Divide or IrOpcode.DivideUnsigned, 1) when type.IsInteger => value,
            (IrOpcode.And, _) when isAllOnes => value,
            (IrOpcode.Or, _) when isAllOnes => constant,
            _ => null,
        };
    }

    private static IrConstant? Fold(IrOpcode opcode, IrType type, IReadOnlyList<IrValue> operands, int immediate)
    {
        IrConstant first = (IrConstant)operands[0];
        IrConstant second = operands.Count > 1 ? (IrConstant)operands[1] : first;
        switch (opcode)
        {
            case IrOpcode.Convert or IrOpcode.ConvertUnsigned:
                return Converted(first, type, opcode == IrOpcode.ConvertUnsigned);
            case IrOpcode.Reinterpret:
                return Reinterpreted(first, type);
            case IrOpcode.Math:
                return MathOf((MathFunction)immediate, type, operands);
            case IrOpcode.Select:
                return null;
            default:
                return first.Type.Kind switch
                {
                    ScalarKind.Bool or ScalarKind.I32 or ScalarKind.I64 => FoldInteger(opcode, type, first, second),
                    ScalarKind.F32 or ScalarKind.F64 => FoldFloat(opcode, type, first, second),
                    _ => null,
                };
        }
    }

    private static IrConstant? FoldInteger(IrOpcode opcode, IrType type, IrConstant first, IrConstant second)
    {
        long left = first.Bits;
        long right = second.Bits;
        bool isNarrow = first.Type.Kind == ScalarKind.I32;
        ulong leftUnsigned = isNarrow ? (uint)left : (ulong)left;
        ulong rightUnsigned = isNarrow ? (uint)right : (ulong)right;
        int shift = (int)right & (isNarrow ? 31 : 63);
        bool? truth = opcode switch
        {
            IrOpcode.Equal => left == right,
            IrOpcode.NotEqual => left != right,
            IrOpcode.Less => left < right,
            IrOpcode.LessEqual => left <= right,
            IrOpcode.LessUnsigned => leftUnsigned < rightUnsigned,
            IrOpcode.LessEqualUnsigned => leftUnsigned <= rightUnsigned,
            IrOpcode.Not when type == IrType.Bool => left == 0,
            _ => null,
        };
        if (truth is not null)
        {
            return IrConstant.Of(truth.Value);
        }

        long? number = opcode switch
        {
            IrOpcode.Add => unchecked(left + right),
            IrOpcode.Subtract => unchecked(left - right),
            IrOpcode.Multiply => unchecked(left * right),
            IrOpcode.Divide when right is not (0 or -1) => left / right,
            IrOpcode.Remainder when right is not (0 or -1) => left % right,
            IrOpcode.DivideUnsigned when right != 0 => (long)(leftUnsigned / rightUnsigned),
            IrOpcode.RemainderUnsigned when right != 0 => (long)(leftUnsigned % rightUnsigned),
            IrOpcode.And => left & right,
            IrOpcode.Or => left | right,
            IrOpcode.Xor => left ^ right,
            IrOpcode.ShiftLeft => left << shift,
            IrOpcode.ShiftRight => left >> shift,
            IrOpcode.ShiftRightUnsigned => (long)(leftUnsigned >> shift),
            IrOpcode.Negate => unchecked(-left),
            IrOpcode.Not => ~left,
            IrOpcode.PopCount => BitOperations.PopCount(leftUnsigned),
            IrOpcode.LeadingZeros => BitOperations.LeadingZeroCount(leftUnsigned) - (isNarrow ? 32 : 0),
            _ => null,
        };
        return number is null ? null : IrConstant.Integer(type, number.Value);
    }

    private static IrConstant? FoldFloat(IrOpcode opcode, IrType type, IrConstant first, IrConstant second)
    {
        bool isSingle = first.Type == IrType.F32;
        double left = isSingle ? first.Single : first.Double;
        double right = isSingle ? second.Single : second.Double;

        // A double operation on two floats, rounded to float, is the float operation (Figueroa 1995).
        double? number = opcode switch
        {
            IrOpcode.Add => left + right,
            IrOpcode.Subtract => left - right,
            IrOpcode.Multiply => left * right,
            IrOpcode.Divide => left / right,
            IrOpcode.Negate => -left,
            _ => null,
        };
        if (number is not null)
        {
            return isSingle ? IrConstant.Of((float)number.Value) : IrConstant.Of(number.Value);
        }

        return opcode switch
        {
            IrOpcode.Equal => IrConstant.Of(left == right),
            IrOpcode.NotEqual => IrConstant.Of(left != right),
            IrOpcode.Less => IrConstant.Of(left < right),
            IrOpcode.LessEqual => IrConstant.Of(left <= right),
            _ => null,
        };
    }

    /// <summary>What is NaN, or a comparison with NaN, whatever the other operands are; null for everything else.</summary>
    /// <remarks>
    /// A compiler behind ours may not know what to do with these: PoCL 3.1 makes fmod(x, 0) a constant NaN, and a constant NaN anything.
    /// </remarks>
    private static IrConstant? OfNaN(IrOpcode opcode, IrType type, IReadOnlyList<IrValue> operands, int immediate)
    {
        bool isArithmetic = opcode switch
        {
            IrOpcode.Add or IrOpcode.Subtract or IrOpcode.Multiply or IrOpcode.Divide or IrOpcode.Remainder or IrOpcode.Negate => type.IsFloat,
            IrOpcode.Math => (MathFunction)immediate != MathFunction.Pow,
            _ => false,
        };
        if (isArithmetic && (operands.Any(IsNaN) || (opcode == IrOpcode.Remainder && (IsZero(operands[1]) || IsInfinity(operands[0])))))
        {
            return IrConstant.Splat(type, type.Kind == ScalarKind.F32 ? IrConstant.Of(float.NaN) : IrConstant.Of(double.NaN));
        }

        bool isComparison = opcode is IrOpcode.Equal or IrOpcode.NotEqual or IrOpcode.Less or IrOpcode.LessEqual;
        return isComparison && operands.Any(IsNaN) ? IrConstant.Splat(type, IrConstant.Of(opcode == IrOpcode.NotEqual)) : null;
    }

    private static bool IsNaN(IrValue value) => Number(value) is double number && double.IsNaN(number);

    private static bool IsInfinity(IrValue value) => Number(value) is double number && double.IsInfinity(number);

    private static bool IsZero(IrValue value) => Number(value) is 0.0;

    private static double? Number(IrValue value) => value is not IrConstant { Type.IsFloat: true } constant ? null
        : constant.Type.Kind == ScalarKind.F32 ? constant.Single : constant.Double;

    // Functions that round correctly have the same result everywhere.
    private static IrConstant? MathOf(MathFunction function, IrType type, IReadOnlyList<IrValue> operands)
    {
        bool isSingle = type == IrType.F32;
        double[] values = [.. operands.Select(operand => isSingle ? ((IrConstant)operand).Single : ((IrConstant)operand).Double)];
        double? result = function switch
        {
            MathFunction.MultiplyAdd when isSingle => MathF.FusedMultiplyAdd((float)values[0], (float)values[1], (float)values[2]),
            MathFunction.MultiplyAdd => Math.FusedMultiplyAdd(values[0], values[1], values[2]),
            MathFunction.Sqrt => isSingle ? MathF.Sqrt((float)values[0]) : Math.Sqrt(values[0]),
            MathFunction.Abs => Math.Abs(values[0]),
            MathFunction.Floor => Math.Floor(values[0]),
            MathFunction.Ceiling => Math.Ceiling(values[0]),
            MathFunction.Truncate => Math.Truncate(values[0]),
            MathFunction.RoundToEven => Math.Round(values[0]),
            _ => null,
        };
        return result is not double number ? null : isSingle ? IrConstant.Of((float)number) : IrConstant.Of(number);
    }

    private static IrConstant? Reinterpreted(IrConstant value, IrType type) => (value.Type.Kind, type.Kind) switch
    {
        (ScalarKind.I32, ScalarKind.F32) => IrConstant.Of(value.Single),
        (ScalarKind.F32, ScalarKind.I32) => IrConstant.Of((int)value.Bits),
        (ScalarKind.I64, ScalarKind.F64) => IrConstant.Of(value.Double),
        (ScalarKind.F64, ScalarKind.I64) => IrConstant.Of(value.Bits),
        _ => null,
    };

    private static IrConstant? Converted(IrConstant value, IrType type, bool isUnsigned)
    {
        long integer = isUnsigned && value.Type == IrType.I32 ? (uint)value.Bits : value.Bits;
        double number = value.Type == IrType.F32 ? value.Single : value.Type == IrType.F64 ? value.Double : 0.0;
        return (value.Type.IsFloat, type.Kind) switch
        {
            (false, ScalarKind.I32 or ScalarKind.I64) => IrConstant.Integer(type, integer),
            (false, ScalarKind.F32) => IrConstant.Of(isUnsigned ? (float)(ulong)integer : integer),
            (false, ScalarKind.F64) => IrConstant.Of(isUnsigned ? (ulong)integer : (double)integer),
            (true, ScalarKind.F32) => IrConstant.Of((float)number),
            (true, ScalarKind.F64) => IrConstant.Of(number),
            (true, ScalarKind.I32) => IrConstant.Of(isUnsigned ? (int)(uint)number : (int)number),
            (true, ScalarKind.I64) => IrConstant.Of(isUnsigned ? (long)(ulong)number : (long)number),
            _ => null,
        };
    }
}
