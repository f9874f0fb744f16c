using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The IL of one operation on vectors of 32-bit numbers; a vector of bools is all ones or zeros in an int.</summary>
internal static class VectorCode
{
    private static VectorWidth Width => VectorWidth.Widest;

    /// <summary>True when the operation exists for vectors and gives the bits of the scalar one in every lane.</summary>
    /// <param name="instruction">An instruction whose result differs between lanes.</param>
    /// <param name="isUniform">Tells whether an operand is the same in all lanes.</param>
    internal static bool IsKnown(IrInstruction instruction, Func<IrValue, bool> isUniform)
    {
        IrType type = instruction.Operands.Length > 0 ? instruction.Operands[^1].Type : IrType.Void;
        return instruction.Opcode switch
        {
            IrOpcode.Add or IrOpcode.Subtract or IrOpcode.Multiply or IrOpcode.Negate or IrOpcode.Not => true,
            IrOpcode.And or IrOpcode.Or or IrOpcode.Xor => true,
            IrOpcode.Divide => type == IrType.F32,
            IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned => isUniform(instruction.Operands[1]),
            IrOpcode.Equal or IrOpcode.NotEqual or IrOpcode.Less or IrOpcode.LessEqual => true,
            IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned => true,
            IrOpcode.Select => true,
            IrOpcode.Reinterpret => true,
            IrOpcode.Convert => type == IrType.Bool ? instruction.Type == IrType.I32 : true,
            IrOpcode.ConvertUnsigned => type == IrType.Bool ? instruction.Type == IrType.I32 : type == IrType.F32 || instruction.Type == IrType.F32,
            IrOpcode.Math => (MathFunction)instruction.Immediate <= MathFunction.RoundToEven,
            _ => false,
        };
    }

    /// <summary>Computes the instruction from the vectors on the stack; the count of a shift is a scalar.</summary>
    internal static void Operation(ILGenerator il, IrInstruction instruction)
    {
        IrType type = instruction.Operands[^1].Type;
        Type element = Element(type);
        switch (instruction.Opcode)
        {
            case IrOpcode.Negate when type == IrType.F32:
                // The sign changes also for zero and NaN.
                il.Emit(OpCodes.Ldc_R4, -0f);
                Broadcast(il, IrType.F32);
                Call(il, "Xor", typeof(float), 2);
                break;
            case IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned:
                il.Emit(OpCodes.Ldc_I4, 31);
                il.Emit(OpCodes.And);
                string shift = instruction.Opcode switch
                {
                    IrOpcode.ShiftLeft => "ShiftLeft",
                    IrOpcode.ShiftRight => "ShiftRightArithmetic",
                    _ => "ShiftRightLogical",
                };
                il.Emit(OpCodes.Call, Width.Find(shift, typeof(int), Width.Vector(typeof(int)), typeof(int)));
                break;
            case IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned:
                CompareUnsigned(il, instruction.Opcode == IrOpcode.LessUnsigned ? "LessThan" : "LessThanOrEqual");
                break;
            case IrOpcode.Equal or IrOpcode.NotEqual or IrOpcode.Less or IrOpcode.LessEqual:
                string comparison = instruction.Opcode switch
                {
                    IrOpcode.Less => "LessThan",
                    IrOpcode.LessEqual => "LessThanOrEqual",
                    _ => "Equals",
                };
                Call(il, comparison, element, 2);
                As(il, element, typeof(int));
                if (instruction.Opcode == IrOpcode.NotEqual)
                {
                    Call(il, "OnesComplement", typeof(int), 1);
                }

                break;
            case IrOpcode.Convert or IrOpcode.ConvertUnsigned:
                Convert(il, type, instruction.Type, instruction.Opcode == IrOpcode.ConvertUnsigned);
                break;
            case IrOpcode.Reinterpret:
                As(il, element, Element(instruction.Type));
                break;
            case IrOpcode.Math:
                Math(il, (MathFunction)instruction.Immediate, instruction.Operands.Length);
                break;
            default:
                Call(il, MethodOf(instruction.Opcode), element, instruction.Operands.Length);
                break;
        }
    }

    /// <summary>Chooses between the vectors on the stack; the mask under them was made one of <paramref name="type"/>.</summary>
    internal static void Select(ILGenerator il, IrType type) => Call(il, "ConditionalSelect", Element(type), 3);

    /// <summary>Makes a mask on the stack one for vectors of <paramref name="type"/>.</summary>
    internal static void Mask(ILGenerator il, IrType type) => As(il, typeof(int), Element(type));

    /// <summary>Puts the scalar on the stack into every lane.</summary>
    internal static void Broadcast(ILGenerator il, IrType type)
    {
        if (type == IrType.Bool)
        {
            il.Emit(OpCodes.Neg);
        }

        il.Emit(OpCodes.Call, Width.Find("Create", Element(type), Element(type)));
    }

    /// <summary>Pushes 0, 1, 2 and so on.</summary>
    internal static void Lanes(ILGenerator il) =>
        il.Emit(OpCodes.Call, Width.Vector(typeof(int)).GetProperty("Indices")!.GetMethod!);

    /// <summary>Calls a method of vectors of one element type.</summary>
    internal static void Call(ILGenerator il, string method, Type element, int vectors) =>
        il.Emit(OpCodes.Call, Width.Method(method, element, vectors));

    /// <summary>Turns a mask into the numbers 0 and 1.</summary>
    internal static void ToNumbers(ILGenerator il)
    {
        il.Emit(OpCodes.Ldc_I4_1);
        Broadcast(il, IrType.I32);
        Call(il, "BitwiseAnd", typeof(int), 2);
    }

    /// <summary>Turns numbers into a mask of those that are not 0.</summary>
    internal static void ToMask(ILGenerator il)
    {
        il.Emit(OpCodes.Ldc_I4_0);
        Broadcast(il, IrType.I32);
        Call(il, "Equals", typeof(int), 2);
        Call(il, "OnesComplement", typeof(int), 1);
    }

    internal static Type Element(IrType type) => type == IrType.F32 ? typeof(float) : typeof(int);

    private static void As(ILGenerator il, Type from, Type to)
    {
        if (from != to)
        {
            il.Emit(OpCodes.Call, Width.Find(to == typeof(float) ? "AsSingle" : to == typeof(uint) ? "AsUInt32" : "AsInt32", from, Width.Vector(from)));
        }
    }

    private static string MethodOf(IrOpcode opcode) => opcode switch
    {
        IrOpcode.And => "BitwiseAnd",
        IrOpcode.Or => "BitwiseOr",
        IrOpcode.Not => "OnesComplement",
        _ => opcode.ToString(),
    };

    private static void CompareUnsigned(ILGenerator il, string comparison)
    {
        LocalBuilder right = il.DeclareLocal(Width.Vector(typeof(int)));
        il.Emit(OpCodes.Stloc, right);
        As(il, typeof(int), typeof(uint));
        il.Emit(OpCodes.Ldloc, right);
        As(il, typeof(int), typeof(uint));
        Call(il, comparison, typeof(uint), 2);
        As(il, typeof(uint), typeof(int));
    }

    private static void Convert(ILGenerator il, IrType from, IrType to, bool isUnsigned)
    {
        if (from == IrType.Bool)
        {
            ToNumbers(il);
        }
        else if (from == IrType.I32)
        {
            As(il, typeof(int), isUnsigned ? typeof(uint) : typeof(int));
            il.Emit(OpCodes.Call, Width.Find("ConvertToSingle", typeof(float), Width.Vector(isUnsigned ? typeof(uint) : typeof(int))));
        }
        else
        {
            il.Emit(OpCodes.Call, Width.Find(isUnsigned ? "ConvertToUInt32" : "ConvertToInt32", typeof(float), Width.Vector(typeof(float))));
            As(il, isUnsigned ? typeof(uint) : typeof(int), typeof(int));
        }
    }

    private static void Math(ILGenerator il, MathFunction function, int operands)
    {
        string name = function switch
        {
            MathFunction.MultiplyAdd => "FusedMultiplyAdd",
            MathFunction.RoundToEven => "Round",
            _ => function.ToString(),
        };
        Call(il, name, typeof(float), operands);
    }
}
