using Xunit;

namespace GpuRnn.Testing;

/// <summary>Tests of one form on an OpenCL device; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenClTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for a device on first use; see <see cref="OpenClTestDevice.UnavailableReason"/>.</summary>
    public OpenClTheoryAttribute()
    {
        Skip = OpenClTestDevice.UnavailableReason;
    }
}
