namespace GpuRnn.Compiler.Ir;

/// <summary>What addresses are made from.</summary>
internal static class IrAddress
{
    /// <summary>The parameter, the array, or what else an address counts from.</summary>
    internal static IrValue Root(IrValue address)
    {
        while (address is IrInstruction { Opcode: IrOpcode.ElementAddress or IrOpcode.ByteAddress or IrOpcode.AlignedAddress } step)
        {
            address = step.Operands[0];
        }

        return address;
    }
}
