using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuRnn.Testing;

/// <summary>The memory of an array whose element type is known at run time alone.</summary>
internal static class ArrayBytes
{
    /// <summary>All bytes of an array of numbers or of structures of numbers.</summary>
    internal static Span<byte> Of(Array array) => MemoryMarshal.CreateSpan(
        ref MemoryMarshal.GetArrayDataReference(array), array.Length * SizeOf(array.GetType().GetElementType()!));

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
