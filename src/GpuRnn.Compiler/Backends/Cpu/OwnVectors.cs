using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The IL of the vectors that a kernel itself computes with; a work-item has them in registers, where the hardware has such.</summary>
internal static class OwnVectors
{
    /// <summary>True for an instruction on vectors other than an access or a choice.</summary>
    internal static bool Has(IrInstruction instruction) =>
        instruction.Type.IsVector || (instruction.Operands.Length > 0 && instruction.Operands[0].Type.IsVector);

    internal static void Constant(ILGenerator il, IrConstant constant)
    {
        ScalarCode.Constant(il, constant.Element());
        CodeOf(il, constant.Type).Broadcast(constant.Type);
    }

    /// <summary>Chooses, element by element, between the vectors on the stack by the truths under them.</summary>
    internal static void Select(ILGenerator il, IrInstruction select)
    {
        VectorCode code = CodeOf(il, select.Type);
        Type element = VectorWidth.Element(select.Type);
        if (element == typeof(int))
        {
            code.Select(element);
            return;
        }

        LocalBuilder[] choices = [il.DeclareLocal(code.Width.Vector(element)), il.DeclareLocal(code.Width.Vector(element))];
        il.Emit(OpCodes.Stloc, choices[1]);
        il.Emit(OpCodes.Stloc, choices[0]);
        code.MaskFor(select.Type, 0);
        il.Emit(OpCodes.Ldloc, choices[0]);
        il.Emit(OpCodes.Ldloc, choices[1]);
        code.Select(element);
    }

    /// <summary>Computes an instruction from what lies on the stack.</summary>
    internal static void Operation(ILGenerator il, IrInstruction instruction)
    {
        IrType type = instruction.Operands[0].Type;
        VectorCode code = CodeOf(il, instruction.Type.IsVector ? instruction.Type : type);
        switch (instruction.Opcode)
        {
            case IrOpcode.Broadcast:
                code.Broadcast(instruction.Type);
                break;
            case IrOpcode.Element:
                Modulo(il, type.Lanes);
                code.Element(VectorWidth.Element(type));
                break;
            case IrOpcode.WithElement:
                LocalBuilder changed = il.DeclareLocal(VectorWidth.Element(type));
                il.Emit(OpCodes.Stloc, changed);
                Modulo(il, type.Lanes);
                il.Emit(OpCodes.Ldloc, changed);
                code.WithElement(VectorWidth.Element(type));
                break;
            case IrOpcode.Equal or IrOpcode.NotEqual or IrOpcode.Less or IrOpcode.LessEqual or IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned:
                code.Comparison(instruction.Opcode, type);
                break;
            case IrOpcode.Convert or IrOpcode.ConvertUnsigned:
                code.Convert(type, instruction.Type, instruction.Opcode == IrOpcode.ConvertUnsigned);
                break;
            default:
                code.Operation(instruction);
                break;
        }
    }

    private static VectorCode CodeOf(ILGenerator il, IrType type) => new(il, VectorWidth.Of(type.Lanes));

    private static void Modulo(ILGenerator il, int lanes)
    {
        il.Emit(OpCodes.Ldc_I4, lanes - 1);
        il.Emit(OpCodes.And);
    }
}
