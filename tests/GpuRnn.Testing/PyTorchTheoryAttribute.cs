using Xunit;

namespace GpuRnn.Testing;

/// <summary>A theory whose cases run PyTorch; skipped with the reason where no Python with torch is found.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PyTorchTheoryAttribute : TheoryAttribute
{
    /// <summary>Probes for PyTorch on first use; see <see cref="PyTorchRunner.UnavailableReason"/>.</summary>
    public PyTorchTheoryAttribute()
    {
        Skip = PyTorchRunner.UnavailableReason;
    }
}
