namespace GpuRnn.Compiler.Ir;

/// <summary>Among whom an <see cref="IrOpcode.Fence"/> orders memory accesses.</summary>
internal enum FenceScope
{
    Group,
    Device,
    System,
}
