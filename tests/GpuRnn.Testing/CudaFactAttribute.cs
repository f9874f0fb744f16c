using Xunit;

namespace GpuRnn.Testing;

/// <summary>A test on a CUDA device; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CudaFactAttribute : FactAttribute
{
    /// <summary>Looks for a device on first use; see <see cref="CudaTestDevice.UnavailableReason"/>.</summary>
    public CudaFactAttribute()
    {
        Skip = CudaTestDevice.UnavailableReason;
    }
}
