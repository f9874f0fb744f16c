using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>A variable or parameter that is in scope.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsAssignable">False for counters of loops, which must end, and for parameters that are only read.</param>
/// <param name="IsUniform">True when all work-items of a group see the same value.</param>
internal sealed record Variable(string Name, FuzzType Type, bool IsAssignable, bool IsUniform = false);
