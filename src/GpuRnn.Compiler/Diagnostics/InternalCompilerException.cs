namespace GpuRnn.Compiler.Diagnostics;

/// <summary>The compiler broke one of its own rules; the kernel is not to blame.</summary>
public sealed class InternalCompilerException : Exception
{
    /// <summary>Reports a defect met while <paramref name="kernel"/> was compiled.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="rule">What was found and when.</param>
    /// <param name="dump">The intermediate representation at that point.</param>
    public InternalCompilerException(string kernel, string rule, string dump)
        : base($"{kernel}: {rule}, but the compiler must not let that happen. Report it with the kernel and this dump:\n{dump}")
    {
        Dump = dump;
    }

    /// <summary>The intermediate representation when the defect was found.</summary>
    public string Dump { get; }
}
