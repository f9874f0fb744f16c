using System.Globalization;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>An architecture, and the oldest PTX language that knows it: the older the language, the older the driver may be.</summary>
/// <param name="Name">For example <c>sm_80</c>.</param>
/// <param name="Version">The language's version.</param>
internal sealed record PtxTarget(string Name, string Version)
{
    // Oldest first.
    private static readonly Dictionary<string, string> s_versions = new()
    {
        ["sm_70"] = "6.0",
        ["sm_72"] = "6.1",
        ["sm_75"] = "6.3",
        ["sm_80"] = "7.0",
        ["sm_86"] = "7.1",
        ["sm_87"] = "7.4",
        ["sm_89"] = "7.8",
        ["sm_90"] = "7.8",
    };

    /// <summary>What every kernel can be compiled for.</summary>
    internal static PtxTarget Oldest { get; } = Parse("sm_70");

    /// <summary>The oldest with products of TF32 and BFloat16 and with asynchronous copies.</summary>
    internal static PtxTarget Tensor { get; } = Parse("sm_80");

    private int Number => int.Parse(Name.AsSpan(3), CultureInfo.InvariantCulture);

    internal bool IsOlderThan(PtxTarget other) => Number < other.Number;

    /// <summary>The name of the newest architecture that a GPU of a compute capability is not older than.</summary>
    /// <exception cref="ArgumentException">The GPU is older than all of them.</exception>
    internal static string For(int major, int minor)
    {
        int capability = (10 * major) + minor;
        return s_versions.Keys.LastOrDefault(name => Parse(name).Number <= capability)
            ?? throw new ArgumentException(
                $"KernelCompiler.ArchitectureFor: compute capability {major}.{minor} arrived, but 7.0 or newer was needed. Use a newer GPU.",
                nameof(major));
    }

    /// <exception cref="ArgumentException">No such architecture is known.</exception>
    internal static PtxTarget Parse(string architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return s_versions.TryGetValue(architecture, out string? version)
            ? new PtxTarget(architecture, version)
            : throw new ArgumentException(
                $"KernelCompiler.ToPtx: the architecture is '{architecture}', but one of {string.Join(", ", s_versions.Keys)} was needed. "
                + "Name the newest one that the device is not older than.",
                nameof(architecture));
    }
}
