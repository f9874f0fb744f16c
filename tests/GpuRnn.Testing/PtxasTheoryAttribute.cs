using Xunit;

namespace GpuRnn.Testing;

/// <summary>A theory whose cases assemble PTX; skipped with the reason where there is no assembler.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PtxasTheoryAttribute : TheoryAttribute
{
    /// <summary>Probes for the assembler on first use; see <see cref="Ptxas.UnavailableReason"/>.</summary>
    public PtxasTheoryAttribute()
    {
        Skip = Ptxas.UnavailableReason;
    }
}
