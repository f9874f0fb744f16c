using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuRnn.KernelModel;

/// <summary>Sizes, alignment and the bits of floating-point numbers.</summary>
public static class Interop
{
    /// <summary>The bytes from <paramref name="ptr"/> to the next multiple of the alignment.</summary>
    /// <param name="ptr">An address that is not negative.</param>
    /// <param name="alignmentInBytes">A power of two.</param>
    public static int ComputeAlignmentOffset(long ptr, int alignmentInBytes) => (int)(-ptr & (alignmentInBytes - 1));

    /// <summary>The offset that aligns <paramref name="ptr"/>, at most <paramref name="length"/>.</summary>
    public static long Align(long ptr, long length, int alignmentInBytes) => Math.Min(ComputeAlignmentOffset(ptr, alignmentInBytes), length);

    /// <summary>The bytes of a value of type <typeparamref name="T"/>.</summary>
    public static int SizeOf<T>()
        where T : unmanaged => Unsafe.SizeOf<T>();

    /// <summary>The bytes of a value of the type of <paramref name="structure"/>.</summary>
    public static int SizeOf<T>(T structure)
        where T : unmanaged => Unsafe.SizeOf<T>();

    /// <summary>How many values of the first type hold as many bytes as <paramref name="numSecondElements"/> of the second, rounded up.</summary>
    public static long ComputeRelativeSizeOf<TFirst, TSecond>(long numSecondElements)
        where TFirst : unmanaged
        where TSecond : unmanaged
    {
        long bytes = numSecondElements * Unsafe.SizeOf<TSecond>();
        return (bytes + Unsafe.SizeOf<TFirst>() - 1) / Unsafe.SizeOf<TFirst>();
    }

    /// <summary>The bytes from the start of a structure to one of its fields.</summary>
    public static int OffsetOf<T>(string fieldName)
        where T : unmanaged => (int)Marshal.OffsetOf<T>(fieldName);

    /// <summary>The bits of a single-precision number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FloatAsInt(float value) => BitConverter.SingleToUInt32Bits(value);

    /// <summary>The bits of a double-precision number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FloatAsInt(double value) => BitConverter.DoubleToUInt64Bits(value);

    /// <summary>The single-precision number with the given bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float IntAsFloat(uint value) => BitConverter.UInt32BitsToSingle(value);

    /// <summary>The double-precision number with the given bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double IntAsFloat(ulong value) => BitConverter.UInt64BitsToDouble(value);
}
