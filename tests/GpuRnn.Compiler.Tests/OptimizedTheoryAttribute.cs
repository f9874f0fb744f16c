using System.Diagnostics;
using System.Reflection;

namespace GpuRnn.Compiler.Tests;

/// <summary>A theory on whole texts of kernels, which the C# compiler writes otherwise where it does not optimise; skipped with the reason there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OptimizedTheoryAttribute : TheoryAttribute
{
    public OptimizedTheoryAttribute()
    {
        bool isOptimized = typeof(OptimizedTheoryAttribute).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };
        Skip = isOptimized ? null : "The kept texts are those of optimised builds. Run the tests with '-c Release'.";
    }
}
