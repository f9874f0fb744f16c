using System.Numerics;

namespace GpuRnn.Compiler.Frontend.Bodies;

/// <summary>The functions of <see cref="BitOperations"/> whose bodies choose instructions of the host's processor.</summary>
internal static class BitBodies
{
    // The bits below the lowest set bit are those that subtracting 1 sets.
    public static int TrailingZeroCount(int value) => BitOperations.PopCount((uint)(~value & (value - 1)));

    public static int TrailingZeroCount(uint value) => BitOperations.PopCount(~value & (value - 1u));

    public static int TrailingZeroCount(long value) => BitOperations.PopCount((ulong)(~value & (value - 1L)));

    public static int TrailingZeroCount(ulong value) => BitOperations.PopCount(~value & (value - 1UL));

    public static int Log2(uint value) => 31 - BitOperations.LeadingZeroCount(value | 1u);

    public static int Log2(ulong value) => 63 - BitOperations.LeadingZeroCount(value | 1UL);
}
