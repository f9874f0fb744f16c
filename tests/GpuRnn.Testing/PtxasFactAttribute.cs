using Xunit;

namespace GpuRnn.Testing;

/// <summary>A test that assembles PTX; skipped with the reason where there is no assembler.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PtxasFactAttribute : FactAttribute
{
    /// <summary>Probes for the assembler on first use; see <see cref="Ptxas.UnavailableReason"/>.</summary>
    public PtxasFactAttribute()
    {
        Skip = Ptxas.UnavailableReason;
    }
}
