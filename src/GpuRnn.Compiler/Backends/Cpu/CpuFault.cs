using System.Diagnostics.CodeAnalysis;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Faults that compiled code raises itself, because a driver in the same process may have taken the processor's trap away.</summary>
/// <remarks>PoCL does so for division by zero, for its own kernels' sake: without the check the quotient would be any number.</remarks>
internal static class CpuFault
{
    [DoesNotReturn]
    internal static void DivideByZero() => throw new DivideByZeroException();
}
