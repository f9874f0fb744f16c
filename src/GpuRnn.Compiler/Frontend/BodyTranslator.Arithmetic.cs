using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend.Bodies;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Frontend;

// Arithmetic, comparisons and conversions.
internal sealed partial class BodyTranslator
{
    private void Arithmetic(string head, string name)
    {
        bool isUnsigned = name.EndsWith(".un", StringComparison.Ordinal);
        switch (head)
        {
            case "ceq" or "cgt" or "clt":
                (IrValue first, IrValue second) = PopPair(isUnsigned);
                Push(typeof(bool), Compare(head[1..], isUnsigned, first, second));
                return;
            case "neg" or "not":
                IrValue operand = Widen(PopScalar());
                Push(typeof(int), _builder.Emit(head == "neg" ? IrOpcode.Negate : IrOpcode.Not, operand.Type, operand));
                return;
            case "shl" or "shr":
                IrValue count = _builder.Coerce(PopScalar(), IrType.I32);
                IrValue shifted = Widen(PopScalar());
                IrOpcode shift = head == "shl" ? IrOpcode.ShiftLeft : isUnsigned ? IrOpcode.ShiftRightUnsigned : IrOpcode.ShiftRight;
                Push(typeof(int), _builder.Emit(shift, shifted.Type, shifted, count));
                return;
            default:
                Binary(head, name, isUnsigned);
                return;
        }
    }

    private void Binary(string head, string name, bool isUnsigned)
    {
        IrOpcode opcode = head switch
        {
            _ when name.Contains(".ovf", StringComparison.Ordinal) => throw Refusal.Throwing(Where(), "uses checked arithmetic"),
            "add" => IrOpcode.Add,
            "sub" => IrOpcode.Subtract,
            "mul" => IrOpcode.Multiply,
            "div" => isUnsigned ? IrOpcode.DivideUnsigned : IrOpcode.Divide,
            "rem" => isUnsigned ? IrOpcode.RemainderUnsigned : IrOpcode.Remainder,
            "and" => IrOpcode.And,
            "or" => IrOpcode.Or,
            "xor" => IrOpcode.Xor,
            _ => throw Unsupported(head, name),
        };
        (IrValue left, IrValue right) = PopPair(isUnsigned);
        if (left.Type.IsPointer || right.Type.IsPointer)
        {
            throw Refusal.Instruction(Where(), $"{name} on an address");
        }

        bool isLogical = opcode is IrOpcode.And or IrOpcode.Or or IrOpcode.Xor;
        if (left.Type == IrType.Bool && !isLogical)
        {
            left = Widen(left);
            right = Widen(right);
        }

        if (opcode == IrOpcode.Remainder && left.Type.IsFloat && !_builder.Words.HasFunctions)
        {
            Type type = left.Type == IrType.F32 ? typeof(float) : typeof(double);
            MethodInfo body = typeof(RemainderBodies).GetMethod(nameof(RemainderBodies.Remainder), [type, type])!;
            _stack.Push(Invoke(body, [new StackValue(type, left), new StackValue(type, right)]));
            return;
        }

        Push(typeof(int), _builder.Emit(opcode, left.Type, left, right));
    }

    private KernelNotSupportedException Unsupported(string head, string name) => head switch
    {
        "newarr" => Refusal.Allocation(Where(), "an array"),
        "box" or "unbox" => Refusal.Allocation(Where(), "a box for a value"),
        "localloc" => Refusal.Allocation(Where(), "memory on the stack"),
        "ldstr" => Refusal.Reference(Where(), "a string"),
        "ldnull" or "castclass" or "isinst" or "ldlen" or "ldelem" or "ldelema" or "stelem" or "ldtoken" =>
            Refusal.Reference(Where(), "an object or an array"),
        "ldftn" or "ldvirtftn" or "calli" => Refusal.Virtual(Where(), "a delegate or a function pointer"),
        "stsfld" or "ldsflda" => ChangingStatic(_code.Resolve<FieldInfo>(_current)),
        "throw" or "rethrow" or "ckfinite" => Refusal.Throwing(Where(), "throws an exception"),
        _ => Refusal.Instruction(Where(), name),
    };

    private IrValue Widen(IrValue value) => value.Type == IrType.Bool ? _builder.Coerce(value, IrType.I32) : value;

    /// <summary>The two topmost numbers in one type: IL lets bools meet ints and ints meet native ints.</summary>
    private (IrValue Left, IrValue Right) PopPair(bool isUnsigned)
    {
        IrValue right = PopScalar();
        IrValue left = PopScalar();
        if (left.Type == right.Type || left.Type.IsPointer || right.Type.IsPointer)
        {
            // C# writes null as the number 0.
            return (left is IrConstant { Bits: 0 } ? IrConstant.Zero(right.Type) : left, right is IrConstant { Bits: 0 } ? IrConstant.Zero(left.Type) : right);
        }

        if (left.Type == IrType.Bool && right is IrConstant { Bits: 0 or 1 } rightBit)
        {
            return (left, IrConstant.Of(rightBit.Bits != 0));
        }

        if (right.Type == IrType.Bool && left is IrConstant { Bits: 0 or 1 } leftBit)
        {
            return (IrConstant.Of(leftBit.Bits != 0), right);
        }

        IrType wider = left.Type.Kind == ScalarKind.F64 || right.Type.Kind == ScalarKind.F64 ? IrType.F64
            : left.Type.Kind == ScalarKind.I64 || right.Type.Kind == ScalarKind.I64 ? IrType.I64 : IrType.I32;
        IrOpcode convert = isUnsigned && wider == IrType.I64 ? IrOpcode.ConvertUnsigned : IrOpcode.Convert;
        return (_builder.Emit(convert, wider, left), _builder.Emit(convert, wider, right));
    }

    /// <param name="relation">As IL abbreviates it.</param>
    /// <param name="isUnordered">For integers: without signs. For floats: true when one is NaN.</param>
    /// <param name="left">The first operand.</param>
    /// <param name="right">The second operand, of the same type.</param>
    private IrValue Compare(string relation, bool isUnordered, IrValue left, IrValue right)
    {
        if (left.Type == IrType.Bool && relation is not ("eq" or "ne"))
        {
            left = Widen(left);
            right = Widen(right);
        }

        // IL compares with null by an unsigned 'greater'.
        bool isNotNull = relation == "gt" && isUnordered && left.Type.IsPointer && right is IrConstant { Bits: 0 };
        relation = isNotNull ? "ne" : relation;
        if (relation is "eq" or "ne")
        {
            return Equality(relation == "eq", left, right);
        }

        if (left.Type.IsFloat && isUnordered)
        {
            string opposite = relation switch
            {
                "lt" => "ge",
                "le" => "gt",
                "gt" => "le",
                _ => "lt",
            };
            return _builder.Emit(IrOpcode.Not, IrType.Bool, Compare(opposite, false, left, right));
        }

        bool isUnsigned = isUnordered && left.Type.IsInteger;
        IrOpcode less = isUnsigned ? IrOpcode.LessUnsigned : IrOpcode.Less;
        IrOpcode lessEqual = isUnsigned ? IrOpcode.LessEqualUnsigned : IrOpcode.LessEqual;
        return relation switch
        {
            "lt" => _builder.Emit(less, IrType.Bool, left, right),
            "le" => _builder.Emit(lessEqual, IrType.Bool, left, right),
            "gt" => _builder.Emit(less, IrType.Bool, right, left),
            _ => _builder.Emit(lessEqual, IrType.Bool, right, left),
        };
    }

    private IrValue Equality(bool isEqual, IrValue left, IrValue right)
    {
        if (left.Type == IrType.Bool && right is IrConstant bit)
        {
            return bit.Bits != 0 == isEqual ? left : _builder.Not(left);
        }

        return _builder.Emit(isEqual ? IrOpcode.Equal : IrOpcode.NotEqual, IrType.Bool, left, right);
    }

    private void Convert(string name)
    {
        IrValue value = Widen(PopScalar());
        bool isUnsignedSource = name.EndsWith(".un", StringComparison.Ordinal);
        if (name.Contains(".ovf", StringComparison.Ordinal))
        {
            // The kernel model checks lengths this way on the host; on a device the launch has checked them.
            if (!_code.IsLibrary)
            {
                throw Refusal.Throwing(Where(), "uses a checked conversion");
            }

            name = name.Replace(".ovf", "", StringComparison.Ordinal).Replace(".un", "", StringComparison.Ordinal);
        }

        if (value.Type.IsPointer)
        {
            throw Refusal.Instruction(Where(), $"{name} on an address");
        }

        Push(typeof(int), name switch
        {
            "conv.i4" => _builder.Emit(IrOpcode.Convert, IrType.I32, value),
            "conv.u4" => _builder.Emit(IrOpcode.ConvertUnsigned, IrType.I32, value),
            "conv.i8" or "conv.i" => _builder.Emit(isUnsignedSource ? IrOpcode.ConvertUnsigned : IrOpcode.Convert, IrType.I64, value),
            "conv.u8" or "conv.u" => _builder.Emit(IrOpcode.ConvertUnsigned, IrType.I64, value),
            "conv.r4" => _builder.Emit(IrOpcode.Convert, IrType.F32, value),
            "conv.r8" => _builder.Emit(IrOpcode.Convert, IrType.F64, value),
            "conv.r.un" => _builder.Emit(IrOpcode.ConvertUnsigned, UnsignedTarget(), value),
            "conv.u1" => Narrow(value, 24, false),
            "conv.u2" => Narrow(value, 16, false),
            "conv.i1" => Narrow(value, 24, true),
            "conv.i2" => Narrow(value, 16, true),
            _ => throw Refusal.Instruction(Where(), name),
        });
    }

    // (float)uint is conv.r.un and conv.r4: one rounding, so it must not go through double for 64 bits, nor need double at all.
    private IrType UnsignedTarget() =>
        _code.Instructions[_code.Position(_current.Next)].OpCode == System.Reflection.Emit.OpCodes.Conv_R4 ? IrType.F32 : IrType.F64;

    private IrValue Narrow(IrValue value, int unusedBits, bool isSigned)
    {
        IrValue number = _builder.Emit(IrOpcode.Convert, IrType.I32, value);
        if (!isSigned)
        {
            return _builder.Emit(IrOpcode.And, IrType.I32, number, IrConstant.Of((int)(uint.MaxValue >> unusedBits)));
        }

        IrValue raised = _builder.Emit(IrOpcode.ShiftLeft, IrType.I32, number, IrConstant.Of(unusedBits));
        return _builder.Emit(IrOpcode.ShiftRight, IrType.I32, raised, IrConstant.Of(unusedBits));
    }
}
