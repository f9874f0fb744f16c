using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Computes what is known when compiling, and turns branches on known conditions into jumps.</summary>
internal static class Folding
{
    internal static void Run(IrFunction function)
    {
        bool changed = true;
        while (changed)
        {
            Dictionary<IrValue, IrValue> replacements = [];
            foreach (IrBlock block in function.Blocks)
            {
                foreach (IrInstruction instruction in block.Instructions.Where(one => one.IsPure))
                {
                    IrValue? known = Simplifier.Simplify(instruction.Opcode, instruction.Type, instruction.Operands, instruction.Immediate);
                    if (known is not null)
                    {
                        replacements[instruction] = known;
                    }
                }

                block.Instructions.RemoveAll(replacements.ContainsKey);
            }

            function.Replace(replacements);
            changed = replacements.Count > 0;
        }

        foreach (IrBlock block in function.Blocks)
        {
            if (block.Condition is IrConstant known)
            {
                block.SetJump(block.Edges[known.Bits != 0 ? 0 : 1]);
            }
        }

        ControlFlow flow = new(function);
        function.Blocks.RemoveAll(block => !flow.IsReachable(block));
    }
}
