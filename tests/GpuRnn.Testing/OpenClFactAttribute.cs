using Xunit;

namespace GpuRnn.Testing;

/// <summary>A test on an OpenCL device; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenClFactAttribute : FactAttribute
{
    /// <summary>Looks for a device on first use; see <see cref="OpenClTestDevice.UnavailableReason"/>.</summary>
    public OpenClFactAttribute()
    {
        Skip = OpenClTestDevice.UnavailableReason;
    }
}
