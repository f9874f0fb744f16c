using System.Reflection.Emit;

namespace GpuRnn.Compiler.Frontend;

/// <summary>One decoded instruction of a method body.</summary>
/// <param name="Offset">Bytes from the start of the body.</param>
/// <param name="Next">The offset of the instruction behind it.</param>
/// <param name="OpCode">What it does; short forms keep their own opcodes.</param>
/// <param name="Integer">The operand as a number: a constant, a token, a variable's number or the offset of a branch target.</param>
/// <param name="Real">The operand of ldc.r4 and ldc.r8.</param>
/// <param name="Targets">The targets of a switch, as offsets.</param>
internal sealed record IlInstruction(int Offset, int Next, OpCode OpCode, long Integer, double Real, IReadOnlyList<int> Targets)
{
    /// <summary>The opcode's name in ECMA-335.</summary>
    internal string Name { get; } = OpCode.Name!;

    /// <summary>The name up to its first dot.</summary>
    internal string Head { get; } = OpCode.Name!.Split('.')[0];

    internal bool IsBranch => OpCode.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch;

    /// <summary>True when the next instruction follows, perhaps among others.</summary>
    internal bool FallsThrough => OpCode.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);
}
