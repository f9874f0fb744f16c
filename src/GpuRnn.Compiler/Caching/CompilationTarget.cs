using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Caching;

/// <summary>How compiled functions become a result, and how the result lies in the cache.</summary>
/// <param name="Name">Language, version and options: whatever decides the result beside the functions.</param>
/// <param name="Make">Writes the program of the functions, which it may change.</param>
/// <param name="ToContent">The result as text.</param>
/// <param name="FromContent">The result of that text; only ever sees what the same build of the compiler wrote.</param>
internal sealed record CompilationTarget<T>(
    string Name, Func<IReadOnlyList<IrFunction>, T> Make, Func<T, string> ToContent, Func<string, T> FromContent);
