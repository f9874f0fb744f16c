using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Collects new instructions for one block, folding what is known at once.</summary>
internal sealed class InstructionInserter(IrFunction function, IrBlock block, string? source)
{
    internal List<IrInstruction> Instructions { get; } = [];

    internal IrValue Emit(IrOpcode opcode, IrType type, params IrValue[] operands) => Emit(opcode, type, 0, operands);

    internal IrValue Emit(IrOpcode opcode, IrType type, int immediate, params IrValue[] operands)
    {
        IrValue? known = Simplifier.Simplify(opcode, type, operands, immediate);
        if (known is not null)
        {
            return known;
        }

        IrInstruction instruction = new(opcode, type, function.NextId(), operands) { Immediate = immediate, Source = source, Block = block };
        Instructions.Add(instruction);
        return instruction;
    }
}
