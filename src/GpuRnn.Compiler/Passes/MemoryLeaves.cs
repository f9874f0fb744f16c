using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Turns addresses of leaves of structs in device memory into offsets in bytes, once variables are registers.</summary>
internal static class MemoryLeaves
{
    internal static void Run(IrFunction function)
    {
        Dictionary<IrValue, IrValue> replacements = [];
        foreach (IrBlock block in function.Blocks)
        {
            for (int i = 0; i < block.Instructions.Count; i++)
            {
                IrInstruction leaf = block.Instructions[i];
                if (leaf is { Opcode: IrOpcode.LeafAddress, Struct: Type type } && leaf.Operands[0] is not IrInstruction { Opcode: IrOpcode.Alloca })
                {
                    IrConstant offset = IrConstant.Of((long)TypeLayout.OffsetInBytes(type, leaf.Immediate, leaf.Type.Element == ScalarKind.Void));
                    IrInstruction address = new(IrOpcode.ByteAddress, leaf.Type, function.NextId(), [leaf.Operands[0], offset])
                    {
                        Source = leaf.Source,
                        Block = block,
                    };
                    block.Instructions[i] = address;
                    replacements[leaf] = address;
                }
            }
        }

        function.Replace(replacements);
    }
}
