namespace GpuRnn.Compiler.Diagnostics;

/// <summary>A kernel breaks a rule of the kernel language; the mistake is in the kernel, not in the compiler.</summary>
public sealed class KernelNotSupportedException : Exception
{
    /// <summary>Reports that a kernel breaks the rule <paramref name="id"/>.</summary>
    /// <param name="id">The rule, <c>GK</c> and four digits; <c>docs/errors.md</c> has a paragraph on each.</param>
    /// <param name="message">Where: what arrived, what was needed. What to do.</param>
    public KernelNotSupportedException(string id, string message)
        : base($"{id} {message}")
    {
        Id = id;
    }

    /// <summary>The broken rule, <c>GK</c> and four digits.</summary>
    public string Id { get; }
}
