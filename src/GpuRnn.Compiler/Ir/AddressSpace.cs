namespace GpuRnn.Compiler.Ir;

/// <summary>Where a pointer points; <see cref="Unknown"/> only until the address space pass has run.</summary>
internal enum AddressSpace
{
    Unknown,
    Private,
    Shared,
    Global,
}
