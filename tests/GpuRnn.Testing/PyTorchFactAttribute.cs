using Xunit;

namespace GpuRnn.Testing;

/// <summary>A test that runs PyTorch; skipped with the reason where no Python with torch is found.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PyTorchFactAttribute : FactAttribute
{
    /// <summary>Probes for PyTorch on first use; see <see cref="PyTorchRunner.UnavailableReason"/>.</summary>
    public PyTorchFactAttribute()
    {
        Skip = PyTorchRunner.UnavailableReason;
    }
}
