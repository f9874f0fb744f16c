using System.Reflection;

namespace GpuRnn.Compiler.Frontend;

/// <summary>One scalar or pointer of a kernel's argument: what generated text takes a parameter of its own for.</summary>
/// <param name="Path">The fields that lead to it from the argument; none where the argument is a scalar itself.</param>
/// <param name="Type">Its C# type; a pointer type where it is the start of a view, whose path then ends at the view's pointer.</param>
public sealed record KernelLeaf(IReadOnlyList<FieldInfo> Path, Type Type);
