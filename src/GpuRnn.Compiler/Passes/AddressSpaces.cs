using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Gives every pointer the address space of what it points to, and refuses what has none when compiling.</summary>
internal static class AddressSpaces
{
    /// <exception cref="KernelNotSupportedException">
    /// GK0018: an array's extent is not constant. GK0019: a pointer has two spaces, or a variable is still addressed through one.
    /// GK0026: an acquire or a release of other than global memory.
    /// </exception>
    internal static void Run(IrFunction function)
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (IrInstruction instruction in function.Instructions.Where(one => one.Type.IsPointer))
            {
                foreach (IrValue operand in instruction.Operands.Where(operand => operand.Type.IsPointer))
                {
                    changed |= Flow(function, operand, instruction, instruction.Source);
                }
            }

            foreach (IrEdge edge in function.Blocks.SelectMany(block => block.Edges))
            {
                for (int i = 0; i < edge.Arguments.Count; i++)
                {
                    if (edge.Arguments[i].Type.IsPointer)
                    {
                        changed |= Flow(function, edge.Arguments[i], edge.Target.Parameters[i], LineOfUse(function, edge.Target.Parameters[i]));
                    }
                }
            }
        }

        foreach (IrInstruction instruction in function.Instructions)
        {
            Check(function, instruction);
        }
    }

    private static bool Flow(IrFunction function, IrValue from, IrValue to, string? source)
    {
        if (from.Type.Space == AddressSpace.Unknown || from.Type.Space == to.Type.Space)
        {
            return false;
        }

        if (to.Type.Space != AddressSpace.Unknown)
        {
            throw Refusal.Address(Where(function, source));
        }

        to.Type = to.Type with { Space = from.Type.Space };
        return true;
    }

    // Where ways meet there is no line; that of the first use is the nearest.
    private static string? LineOfUse(IrFunction function, IrValue value) =>
        function.Instructions.FirstOrDefault(one => one.Source is not null && one.Operands.Contains(value))?.Source;

    private static void Check(IrFunction function, IrInstruction instruction)
    {
        if (instruction.Opcode is IrOpcode.SharedArray or IrOpcode.LocalArray && instruction.Operands[0] is not IrConstant { Bits: > 0 })
        {
            throw Refusal.Extent(Where(function, instruction.Source));
        }

        if (instruction.IsOrdered && instruction.Operands[0].Type.Space != AddressSpace.Global)
        {
            throw Refusal.OrderedSpace(Where(function, instruction.Source));
        }

        bool isUnresolved = instruction.Opcode is IrOpcode.Load or IrOpcode.Store or IrOpcode.Atomic
            && instruction.Operands[0].Type.Space == AddressSpace.Unknown;
        if (isUnresolved || instruction.Operands.Any(operand => operand is IrInstruction { Opcode: IrOpcode.Alloca }))
        {
            throw Refusal.Address(Where(function, instruction.Source));
        }
    }

    private static string Where(IrFunction function, string? source) => source is null ? function.Name : $"{function.Name} at {source}";
}
