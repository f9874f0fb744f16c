using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>A kernel on which two ways to run it disagree, or which one of them refuses.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Path">Which way failed: <c>csharp</c>, <c>plain</c>, <c>compiler</c>, <c>cpu</c> or <c>opencl</c>.</param>
/// <param name="Message">The element with both values, or the exception.</param>
internal sealed record Finding(FuzzKernel Kernel, string Path, string Message);
