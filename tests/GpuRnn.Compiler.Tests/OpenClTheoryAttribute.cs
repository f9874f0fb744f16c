using GpuRnn.Compiler.Tests.Native;

namespace GpuRnn.Compiler.Tests;

/// <summary>A theory that runs generated text on an OpenCL device; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenClTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for a device on first use.</summary>
    public OpenClTheoryAttribute()
    {
        Skip = OpenClDevice.UnavailableReason;
    }
}
