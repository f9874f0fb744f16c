namespace GpuRnn.Testing.PtxMachine;

/// <summary>What an instruction reads or writes: a register by its number, or a constant.</summary>
/// <param name="Register">The register's number in its entry; negative for a constant.</param>
/// <param name="Bits">The constant's bits.</param>
internal readonly record struct PtxOperand(int Register, ulong Bits)
{
    internal bool IsRegister => Register >= 0;
}
