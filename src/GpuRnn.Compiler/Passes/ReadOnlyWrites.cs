using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Refuses writes through views whose memory nobody writes, as their parameters promise.</summary>
internal static class ReadOnlyWrites
{
    /// <exception cref="KernelNotSupportedException">GK0030: such a write.</exception>
    internal static void Run(IrFunction function)
    {
        foreach (IrInstruction write in function.Instructions.Where(one =>
            one.Opcode is IrOpcode.Store or IrOpcode.Atomic or IrOpcode.StoreRelease or IrOpcode.AddRelease or IrOpcode.AsyncCopy))
        {
            if (IrAddress.Root(write.Operands[0]) is IrParameter { IsReadOnly: true } view)
            {
                throw Refusal.ReadOnly(write.Source is null ? function.Name : $"{function.Name} at {write.Source}", view.Name);
            }
        }
    }
}
