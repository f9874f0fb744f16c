using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The IL of operations on vectors; a vector of bools is all ones or zeros in an int, and 64-bit numbers take two vectors.</summary>
internal sealed class VectorCode(ILGenerator il, VectorWidth width)
{
    internal VectorWidth Width { get; } = width;

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
            IrOpcode.Divide => type.IsFloat,
            IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned => isUniform(instruction.Operands[1]),
            IrOpcode.Equal or IrOpcode.NotEqual or IrOpcode.Less or IrOpcode.LessEqual => true,
            IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned => true,
            IrOpcode.Select => true,
            IrOpcode.Reinterpret => true,
            IrOpcode.ElementAddress or IrOpcode.ByteAddress => true,
            IrOpcode.Convert or IrOpcode.ConvertUnsigned => IsKnownConversion(type.Kind, instruction.Type.Kind, instruction.Opcode == IrOpcode.ConvertUnsigned),
            IrOpcode.Math => (MathFunction)instruction.Immediate <= MathFunction.RoundToEven,
            IrOpcode.WorkItem or IrOpcode.LocalArray => true,
            _ => false,
        };
    }

    /// <summary>Computes one part of the instruction's result from the same part of its operands on the stack; the count of a shift is a scalar.</summary>
    internal void Operation(IrInstruction instruction)
    {
        IrType type = instruction.Operands[0].Type;
        Type element = VectorWidth.Element(type);
        switch (instruction.Opcode)
        {
            case IrOpcode.Negate when type.IsFloat:
                // The sign changes also for zero and NaN.
                ScalarCode.Constant(il, type.Kind == ScalarKind.F32 ? IrConstant.Of(-0f) : IrConstant.Of(-0d));
                Create(element);
                Call("Xor", element, 2);
                break;
            case IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned:
                Shift(instruction.Opcode, element);
                break;
            case IrOpcode.Reinterpret:
                As(element, VectorWidth.Element(instruction.Type));
                break;
            case IrOpcode.Math:
                Math((MathFunction)instruction.Immediate, element, instruction.Operands.Length);
                break;
            default:
                Call(MethodOf(instruction.Opcode), element, instruction.Operands.Length);
                break;
        }
    }

    /// <summary>Compares the vectors on the stack; the result has the width of what was compared.</summary>
    internal void Comparison(IrOpcode opcode, IrType type)
    {
        Type element = VectorWidth.Element(type);
        bool isUnsigned = opcode is IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned;
        Type compared = !isUnsigned ? element : element == typeof(long) ? typeof(ulong) : typeof(uint);
        string name = opcode switch
        {
            IrOpcode.Less or IrOpcode.LessUnsigned => "LessThan",
            IrOpcode.LessEqual or IrOpcode.LessEqualUnsigned => "LessThanOrEqual",
            _ => "Equals",
        };
        if (isUnsigned)
        {
            LocalBuilder right = il.DeclareLocal(Width.Vector(element));
            il.Emit(OpCodes.Stloc, right);
            As(element, compared);
            il.Emit(OpCodes.Ldloc, right);
            As(element, compared);
        }

        Call(name, compared, 2);
        As(compared, Integer(element));
        if (opcode == IrOpcode.NotEqual)
        {
            Call("OnesComplement", Integer(element), 1);
        }
    }

    /// <summary>Chooses between the vectors on the stack; the mask under them was made one of the same element.</summary>
    internal void Select(Type element) => Call("ConditionalSelect", element, 3);

    /// <summary>Puts the scalar on the stack into every lane; a bool becomes a mask, an address a long.</summary>
    internal void Broadcast(IrType type)
    {
        if (type.Kind == ScalarKind.Bool)
        {
            il.Emit(OpCodes.Neg);
        }
        else if (type.IsPointer)
        {
            il.Emit(OpCodes.Conv_I8);
        }

        Create(VectorWidth.Element(type));
    }

    /// <summary>Puts the number on the stack into every lane.</summary>
    internal void Create(Type element) => il.Emit(OpCodes.Call, Width.Find("Create", element, element));

    /// <summary>Replaces the vector and the index on the stack by the element.</summary>
    internal void Element(Type element) => il.Emit(OpCodes.Call, Width.Find("GetElement", element, Width.Vector(element), typeof(int)));

    /// <summary>Replaces the vector, the index and the number on the stack by the changed vector.</summary>
    internal void WithElement(Type element) => il.Emit(OpCodes.Call, Width.Find("WithElement", element, Width.Vector(element), typeof(int), element));

    /// <summary>Pushes 0, 1, 2 and so on.</summary>
    internal void Lanes(Type element) => il.Emit(OpCodes.Call, Width.Vector(element).GetProperty("Indices")!.GetMethod!);

    /// <summary>Pushes a vector of no or of all bits.</summary>
    internal void Mask(bool isFull) => il.Emit(OpCodes.Call, Width.Vector(typeof(int)).GetProperty(isFull ? "AllBitsSet" : "Zero")!.GetMethod!);

    /// <summary>Calls a method of vectors of one element type.</summary>
    internal void Call(string method, Type element, int vectors) => il.Emit(OpCodes.Call, Width.Method(method, element, vectors));

    /// <summary>Reads a vector behind the address on the stack.</summary>
    internal void Load(Type element) => il.Emit(OpCodes.Call, Width.Find("Load", element, element.MakePointerType()));

    /// <summary>Writes the vector on the stack behind the address above it.</summary>
    internal void Store(Type element) => il.Emit(OpCodes.Call, Width.Find("Store", element, Width.Vector(element), element.MakePointerType()));

    /// <summary>Turns a mask into the numbers 0 and 1.</summary>
    internal void ToNumbers()
    {
        il.Emit(OpCodes.Ldc_I4_1);
        Create(typeof(int));
        Call("BitwiseAnd", typeof(int), 2);
    }

    /// <summary>Turns numbers into a mask of those that are not 0.</summary>
    internal void ToMask()
    {
        Mask(false);
        Call("Equals", typeof(int), 2);
        Call("OnesComplement", typeof(int), 1);
    }

    /// <summary>Makes a mask of ints on the stack one for one part of a value.</summary>
    internal void MaskFor(IrType type, int part)
    {
        if (VectorWidth.Parts(type) > 1)
        {
            Widen(typeof(int), part);
            As(typeof(long), VectorWidth.Element(type));
        }
        else
        {
            As(typeof(int), VectorWidth.Element(type));
        }
    }

    /// <summary>Pushes the lanes of a mask of ints on the stack as the bits of a long.</summary>
    internal void Bits()
    {
        il.Emit(OpCodes.Call, Width.Find("ExtractMostSignificantBits", typeof(int), Width.Vector(typeof(int))));
        il.Emit(OpCodes.Conv_U8);
    }

    /// <summary>Turns half of the numbers on the stack into ones of 64 bits.</summary>
    internal void Widen(Type element, int part) => il.Emit(OpCodes.Call, Width.Find(part == 0 ? "WidenLower" : "WidenUpper", element, Width.Vector(element)));

    /// <summary>Turns the two halves on the stack into one vector of 32-bit numbers.</summary>
    internal void Narrow(Type element) => il.Emit(OpCodes.Call, Width.Find("Narrow", element, Width.Vector(element), Width.Vector(element)));

    /// <summary>Takes a vector for one of other numbers with the same bits.</summary>
    internal void As(Type from, Type to)
    {
        if (from != to)
        {
            il.Emit(OpCodes.Call, Width.Find("As" + to.Name, from, Width.Vector(from)));
        }
    }

    /// <summary>Converts between numbers of 32 bits, or between numbers of 64 bits.</summary>
    internal void Convert(IrType from, IrType to, bool isUnsigned)
    {
        if (from.Kind == ScalarKind.Bool)
        {
            ToNumbers();
            from = IrType.I32;
        }

        Type source = VectorWidth.Element(from);
        Type target = VectorWidth.Element(to);
        if (source == target)
        {
            return;
        }

        if (to.IsFloat)
        {
            Type integer = isUnsigned ? Unsigned(source) : source;
            As(source, integer);
            il.Emit(OpCodes.Call, Width.Find("ConvertTo" + target.Name, target, Width.Vector(integer)));
        }
        else
        {
            Type integer = isUnsigned ? Unsigned(target) : target;
            il.Emit(OpCodes.Call, Width.Find("ConvertTo" + integer.Name, source, Width.Vector(source)));
            As(integer, target);
        }
    }

    /// <summary>The integer of the same width.</summary>
    internal static Type Integer(Type element) => element == typeof(long) || element == typeof(double) ? typeof(long) : typeof(int);

    /// <summary>The unsigned integer of the same width as an integer.</summary>
    internal static Type Unsigned(Type element) => element == typeof(long) ? typeof(ulong) : typeof(uint);

    // What rounds or saturates once for scalars must do so for vectors.
    private static bool IsKnownConversion(ScalarKind from, ScalarKind to, bool isUnsigned) => (from, to) switch
    {
        (ScalarKind.Bool, ScalarKind.I32) => true,
        (ScalarKind.I32, ScalarKind.F32) or (ScalarKind.F32, ScalarKind.I32) => true,
        (ScalarKind.I32, ScalarKind.I64) or (ScalarKind.I64, ScalarKind.I32) => true,
        (ScalarKind.I32, ScalarKind.F64) => true,
        (ScalarKind.F32, ScalarKind.F64) or (ScalarKind.F64, ScalarKind.F32) => true,
        (ScalarKind.I64, ScalarKind.F64) or (ScalarKind.F64, ScalarKind.I64) => !isUnsigned,
        _ => from == to,
    };

    private static string MethodOf(IrOpcode opcode) => opcode switch
    {
        IrOpcode.And => "BitwiseAnd",
        IrOpcode.Or => "BitwiseOr",
        IrOpcode.Not => "OnesComplement",
        _ => opcode.ToString(),
    };

    private void Shift(IrOpcode opcode, Type element)
    {
        il.Emit(OpCodes.Ldc_I4, element == typeof(long) ? 63 : 31);
        il.Emit(OpCodes.And);
        string name = opcode switch
        {
            IrOpcode.ShiftLeft => "ShiftLeft",
            IrOpcode.ShiftRight => "ShiftRightArithmetic",
            _ => "ShiftRightLogical",
        };
        il.Emit(OpCodes.Call, Width.Find(name, element, Width.Vector(element), typeof(int)));
    }

    private void Math(MathFunction function, Type element, int operands)
    {
        string name = function switch
        {
            MathFunction.MultiplyAdd => "FusedMultiplyAdd",
            MathFunction.RoundToEven => "Round",
            _ => function.ToString(),
        };
        Call(name, element, operands);
    }
}
