using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A region's code for one work-item.</summary>
internal sealed class ScalarRegion(RegionMethod method) : RegionBody(method)
{
    internal override void Emit()
    {
        Begin();
        IReadOnlyList<IrBlock> blocks = Method.Region.Blocks;
        for (int i = 0; i < blocks.Count; i++)
        {
            Il.MarkLabel(LabelOf(blocks[i]));
            foreach (IrInstruction instruction in blocks[i].Instructions.Where(one => !Inlined.Contains(one)))
            {
                Statement(instruction);
            }

            Leave(blocks[i], i + 1 < blocks.Count ? blocks[i + 1] : null);
        }

        Il.MarkLabel(End);
    }

    protected override void Statement(IrInstruction instruction)
    {
        Scalar(instruction);
        if (instruction.Type != IrType.Void)
        {
            Il.Emit(OpCodes.Stloc, ScalarLocal(instruction));
        }
    }
}
