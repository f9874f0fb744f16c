using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The IL of one operation on scalars, whose operands lie on the evaluation stack.</summary>
/// <remarks>
/// The instructions are those to which C# compiles, so that results have the bits of the kernel as plain C#. A bool is 0 or 1 in an int, an
/// address a native int.
/// </remarks>
internal static class ScalarCode
{
    internal static Type ClrType(IrType type) => type.IsVector ? VectorWidth.Of(type.Lanes).Register(type) : type.Kind switch
    {
        ScalarKind.Bool or ScalarKind.I32 => typeof(int),
        ScalarKind.I64 => typeof(long),
        ScalarKind.F32 => typeof(float),
        ScalarKind.F64 => typeof(double),
        ScalarKind.Pointer => typeof(nint),
        _ => throw new NotSupportedException($"{type} has no register."),
    };

    /// <summary>The bytes of an element in memory.</summary>
    internal static int SizeOf(ScalarKind element) => new IrType(element).SizeInBytes;

    /// <summary>The bytes of an array of the group or of a work-item; one of structs counts bytes already.</summary>
    internal static long ArrayBytes(IrInstruction array) =>
        ((IrConstant)array.Operands[0]).Bits * Math.Max(1, array.Type.PointeeBytes);

    internal static void Constant(ILGenerator il, IrConstant constant)
    {
        switch (constant.Type.Kind)
        {
            case ScalarKind.I64:
                il.Emit(OpCodes.Ldc_I8, constant.Bits);
                break;
            case ScalarKind.F32:
                il.Emit(OpCodes.Ldc_R4, constant.Single);
                break;
            case ScalarKind.F64:
                il.Emit(OpCodes.Ldc_R8, constant.Double);
                break;
            case ScalarKind.Pointer:
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Conv_I);
                break;
            default:
                il.Emit(OpCodes.Ldc_I4, (int)constant.Bits);
                break;
        }
    }

    /// <summary>Reads the element behind the address on the stack.</summary>
    internal static void Load(ILGenerator il, ScalarKind element) => il.Emit(element switch
    {
        ScalarKind.Bool or ScalarKind.U8 => OpCodes.Ldind_U1,
        ScalarKind.I8 => OpCodes.Ldind_I1,
        ScalarKind.I16 => OpCodes.Ldind_I2,
        ScalarKind.U16 => OpCodes.Ldind_U2,
        ScalarKind.I32 => OpCodes.Ldind_I4,
        ScalarKind.I64 => OpCodes.Ldind_I8,
        ScalarKind.F32 => OpCodes.Ldind_R4,
        ScalarKind.F64 => OpCodes.Ldind_R8,
        ScalarKind.Pointer => OpCodes.Ldind_I,
        _ => throw new NotSupportedException($"{element} cannot be loaded."),
    });

    /// <summary>Writes the value on the stack behind the address under it.</summary>
    internal static void Store(ILGenerator il, ScalarKind element) => il.Emit(element switch
    {
        ScalarKind.Bool or ScalarKind.U8 or ScalarKind.I8 => OpCodes.Stind_I1,
        ScalarKind.I16 or ScalarKind.U16 => OpCodes.Stind_I2,
        ScalarKind.I32 => OpCodes.Stind_I4,
        ScalarKind.I64 => OpCodes.Stind_I8,
        ScalarKind.F32 => OpCodes.Stind_R4,
        ScalarKind.F64 => OpCodes.Stind_R8,
        ScalarKind.Pointer => OpCodes.Stind_I,
        _ => throw new NotSupportedException($"{element} cannot be stored."),
    });

    /// <summary>The bytes of a value in the memory of compiled code: a bool is an int.</summary>
    internal static int KeptBytes(IrType type) => type.Kind == ScalarKind.Bool ? type.Lanes * sizeof(int) : type.SizeInBytes;

    /// <summary>Reads a value that compiled code itself has put behind the address on the stack.</summary>
    internal static void LoadKept(ILGenerator il, IrType type)
    {
        if (type.IsVector)
        {
            LoadVector(il, type);
        }
        else
        {
            Load(il, type.Kind == ScalarKind.Bool ? ScalarKind.I32 : type.Kind);
        }
    }

    /// <summary>Puts the value on the stack behind the address under it, for <see cref="LoadKept"/>.</summary>
    internal static void StoreKept(ILGenerator il, IrType type)
    {
        if (type.IsVector)
        {
            StoreVector(il, type);
        }
        else
        {
            Store(il, type.Kind == ScalarKind.Bool ? ScalarKind.I32 : type.Kind);
        }
    }

    /// <summary>Reads a vector, wherever it begins, behind the address on the stack.</summary>
    internal static void LoadVector(ILGenerator il, IrType type)
    {
        il.Emit(OpCodes.Unaligned, (byte)sizeof(int));
        il.Emit(OpCodes.Ldobj, ClrType(type));
    }

    /// <summary>Writes the vector on the stack, wherever it begins, behind the address under it.</summary>
    internal static void StoreVector(ILGenerator il, IrType type)
    {
        il.Emit(OpCodes.Unaligned, (byte)sizeof(int));
        il.Emit(OpCodes.Stobj, ClrType(type));
    }

    /// <summary>True for what ends the launch where its operands are wrong.</summary>
    internal static bool Faults(IrInstruction instruction) =>
        instruction.MayFault && instruction.Operands[1] is not IrConstant { Bits: not 0 };

    /// <summary>Computes a pure instruction other than a select or a query of the work-item's place.</summary>
    /// <returns>False when the opcode has no scalar form here.</returns>
    internal static bool Operation(ILGenerator il, IrInstruction instruction)
    {
        IrType type = instruction.Operands.Length > 0 ? instruction.Operands[0].Type : instruction.Type;
        if (Faults(instruction))
        {
            RequireDivisor(il);
        }

        switch (instruction.Opcode)
        {
            case IrOpcode.ElementAddress:
                il.Emit(OpCodes.Conv_I);
                Scale(il, instruction.Type.PointeeBytes);
                il.Emit(OpCodes.Add);
                return true;
            case IrOpcode.ByteAddress:
                il.Emit(OpCodes.Conv_I);
                il.Emit(OpCodes.Add);
                return true;
            case IrOpcode.PopCount or IrOpcode.LeadingZeros:
                string name = instruction.Opcode == IrOpcode.PopCount ? nameof(BitOperations.PopCount) : nameof(BitOperations.LeadingZeroCount);
                il.Emit(OpCodes.Call, typeof(BitOperations).GetMethod(name, [type == IrType.I32 ? typeof(uint) : typeof(ulong)])!);
                return true;
            case IrOpcode.Fence:
                il.Emit(OpCodes.Call, typeof(Interlocked).GetMethod(nameof(Interlocked.MemoryBarrier))!);
                return true;
            case IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned:
                Shift(il, instruction);
                return true;
            case IrOpcode.Not:
                Not(il, type);
                return true;
            case IrOpcode.Convert or IrOpcode.ConvertUnsigned:
                Convert(il, type, instruction.Type, instruction.Opcode == IrOpcode.ConvertUnsigned);
                return true;
            case IrOpcode.Reinterpret:
                Reinterpret(il, type, instruction.Type);
                return true;
            case IrOpcode.Math:
                il.Emit(OpCodes.Call, MathMethod((MathFunction)instruction.Immediate, instruction.Type, instruction.Operands.Length));
                return true;
            case IrOpcode.LoadAcquire or IrOpcode.StoreRelease or IrOpcode.AddRelease:
                il.Emit(OpCodes.Call, typeof(GlobalMemory).GetMethod(instruction.Opcode.ToString())!);
                return true;
            case IrOpcode.Atomic:
                il.Emit(OpCodes.Call, AtomicMethod((AtomicOperation)instruction.Immediate, instruction.Type));
                return true;
            default:
                return Comparison(il, instruction.Opcode, type) || Arithmetic(il, instruction.Opcode);
        }
    }

    /// <summary>Multiplies the native int on the stack.</summary>
    internal static void Scale(ILGenerator il, int bytes)
    {
        if (bytes > 1)
        {
            il.Emit(OpCodes.Ldc_I4, bytes);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Mul);
        }
    }

    internal static MethodInfo MathMethod(MathFunction function, IrType type, int operands)
    {
        string name = function switch
        {
            MathFunction.MultiplyAdd => nameof(MathF.FusedMultiplyAdd),
            MathFunction.RoundToEven => nameof(MathF.Round),
            _ => function.ToString(),
        };
        Type owner = type == IrType.F32 ? typeof(MathF) : typeof(Math);
        return owner.GetMethod(name, [.. Enumerable.Repeat(ClrType(type), operands)])!;
    }

    internal static MethodInfo AtomicMethod(AtomicOperation operation, IrType type)
    {
        bool isUnsigned = operation is AtomicOperation.MaxUnsigned or AtomicOperation.MinUnsigned;
        string name = operation.ToString().Replace("Unsigned", "", StringComparison.Ordinal);
        Type number = !isUnsigned ? ClrType(type) : type == IrType.I32 ? typeof(uint) : typeof(ulong);
        int values = operation == AtomicOperation.CompareExchange ? 2 : 1;
        return typeof(Atomic).GetMethod(name, [number.MakeByRefType(), .. Enumerable.Repeat(number, values)])!;
    }

    private static void RequireDivisor(ILGenerator il)
    {
        Label isDivisor = il.DefineLabel();
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Brtrue, isDivisor);
        il.Emit(OpCodes.Call, typeof(CpuFault).GetMethod(nameof(CpuFault.DivideByZero), BindingFlags.Static | BindingFlags.NonPublic)!);
        il.MarkLabel(isDivisor);
    }

    private static bool Arithmetic(ILGenerator il, IrOpcode opcode)
    {
        OpCode? code = opcode switch
        {
            IrOpcode.Add => OpCodes.Add,
            IrOpcode.Subtract => OpCodes.Sub,
            IrOpcode.Multiply => OpCodes.Mul,
            IrOpcode.Divide => OpCodes.Div,
            IrOpcode.DivideUnsigned => OpCodes.Div_Un,
            IrOpcode.Remainder => OpCodes.Rem,
            IrOpcode.RemainderUnsigned => OpCodes.Rem_Un,
            IrOpcode.And => OpCodes.And,
            IrOpcode.Or => OpCodes.Or,
            IrOpcode.Xor => OpCodes.Xor,
            IrOpcode.Negate => OpCodes.Neg,
            _ => null,
        };
        if (code is not null)
        {
            il.Emit(code.Value);
        }

        return code is not null;
    }

    private static bool Comparison(ILGenerator il, IrOpcode opcode, IrType type)
    {
        OpCode? code = opcode switch
        {
            IrOpcode.Equal or IrOpcode.NotEqual => OpCodes.Ceq,
            IrOpcode.Less => OpCodes.Clt,
            IrOpcode.LessUnsigned => OpCodes.Clt_Un,

            // a <= b is the opposite of a > b, for floats of "a > b or one is NaN".
            IrOpcode.LessEqual => type.IsFloat ? OpCodes.Cgt_Un : OpCodes.Cgt,
            IrOpcode.LessEqualUnsigned => OpCodes.Cgt_Un,
            _ => null,
        };
        if (code is null)
        {
            return false;
        }

        il.Emit(code.Value);
        if (opcode is IrOpcode.NotEqual or IrOpcode.LessEqual or IrOpcode.LessEqualUnsigned)
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Ceq);
        }

        return true;
    }

    private static void Not(ILGenerator il, IrType type)
    {
        if (type == IrType.Bool)
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Ceq);
        }
        else
        {
            il.Emit(OpCodes.Not);
        }
    }

    private static void Shift(ILGenerator il, IrInstruction instruction)
    {
        il.Emit(OpCodes.Ldc_I4, instruction.Type == IrType.I64 ? 63 : 31);
        il.Emit(OpCodes.And);
        il.Emit(instruction.Opcode switch
        {
            IrOpcode.ShiftLeft => OpCodes.Shl,
            IrOpcode.ShiftRight => OpCodes.Shr,
            _ => OpCodes.Shr_Un,
        });
    }

    private static void Convert(ILGenerator il, IrType from, IrType to, bool isUnsigned)
    {
        switch (to.Kind)
        {
            case ScalarKind.I32:
                il.Emit(isUnsigned ? OpCodes.Conv_U4 : OpCodes.Conv_I4);
                break;
            case ScalarKind.I64:
                il.Emit(isUnsigned ? OpCodes.Conv_U8 : OpCodes.Conv_I8);
                break;
            default:
                if (isUnsigned && !from.IsFloat)
                {
                    il.Emit(OpCodes.Conv_R_Un);
                }

                il.Emit(to == IrType.F32 ? OpCodes.Conv_R4 : OpCodes.Conv_R8);
                break;
        }
    }

    private static void Reinterpret(ILGenerator il, IrType from, IrType to)
    {
        string? name = (from.Kind, to.Kind) switch
        {
            (ScalarKind.I32, ScalarKind.F32) => nameof(BitConverter.Int32BitsToSingle),
            (ScalarKind.F32, ScalarKind.I32) => nameof(BitConverter.SingleToInt32Bits),
            (ScalarKind.I64, ScalarKind.F64) => nameof(BitConverter.Int64BitsToDouble),
            (ScalarKind.F64, ScalarKind.I64) => nameof(BitConverter.DoubleToInt64Bits),
            _ => null,
        };
        if (name is not null)
        {
            il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(name)!);
        }
    }
}
