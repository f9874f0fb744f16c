using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>A method that generated code can call.</summary>
/// <param name="Name">How it is written at a call, with type arguments.</param>
/// <param name="Result">What it returns.</param>
/// <param name="Parameters">The types with what stands before an argument: nothing, <c>ref</c>, <c>out</c> or <c>in</c>.</param>
internal sealed record Callee(string Name, FuzzType Result, IReadOnlyList<(FuzzType Type, string Mode)> Parameters);
