namespace GpuRnn.Compiler.Ir;

/// <summary>What one value or one element of memory is. Integers carry no sign; operations do.</summary>
/// <remarks>The 8- and 16-bit kinds exist in memory alone: a load widens them to <see cref="I32"/>, a store narrows.</remarks>
internal enum ScalarKind
{
    Void,
    Bool,
    I8,
    U8,
    I16,
    U16,
    I32,
    I64,
    F32,
    F64,
    Pointer,
}
