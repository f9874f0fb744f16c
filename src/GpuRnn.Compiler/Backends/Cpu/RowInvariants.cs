using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Finds what a row of vectors needs to compute only once: values that are the same in the row, computed by every work-item first of all.</summary>
/// <remarks>
/// A load moves as well when the kernel stores nothing of its kind: a work-item that changed an address which its neighbours read in the
/// same region would race with them. An acquire or a release keeps all loads where they are.
/// </remarks>
internal static class RowInvariants
{
    /// <summary>The instructions in order; none in a kernel of groups, whose regions are short and whose rows are few vectors long.</summary>
    internal static List<IrInstruction> Find(IrFunction function, KernelRegion region, VectorPlan plan)
    {
        List<IrInstruction> found = [];
        if (function.LaunchDimensions == 0)
        {
            return found;
        }

        bool isOrdered = function.Instructions.Any(one => one.IsOrdered);
        HashSet<ScalarKind> stored = [.. function.Instructions
            .Where(one => one.Opcode is IrOpcode.Store or IrOpcode.Atomic)
            .Select(one => one.Operands[0].Type.Element)];
        HashSet<IrValue> known = [];
        foreach (IrInstruction instruction in region.Entry.Instructions)
        {
            bool mayMove = instruction.Opcode == IrOpcode.Load
                ? !isOrdered && !stored.Contains(instruction.Operands[0].Type.Element)
                : instruction.IsPure && !instruction.MayFault;
            bool isKnown = plan.Shapes[instruction].Kind == LaneShapeKind.Uniform
                && Array.TrueForAll(instruction.Operands, operand => operand is IrConstant or IrParameter || known.Contains(operand));
            if (mayMove && isKnown)
            {
                known.Add(instruction);
                found.Add(instruction);
            }
        }

        return found;
    }
}
