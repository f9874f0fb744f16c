using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>Updates of one element that no other thread can interrupt; they order no other memory access.</summary>
public static class Atomic
{
    /// <summary>Adds a value, wrapping around on overflow.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Index1D Add(ref Index1D target, Index1D value) =>
        Add(ref Unsafe.As<Index1D, int>(ref target), value.X);

    /// <summary>Adds a value, wrapping around on overflow.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref int target, int value) =>
        Interlocked.Add(ref target, value) - value;

    /// <summary>Adds a value, wrapping around on overflow.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Add(ref long target, long value) =>
        Interlocked.Add(ref target, value) - value;

    /// <summary>Adds a value, wrapping around on overflow.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Add(ref uint target, uint value) =>
        Interlocked.Add(ref target, value) - value;

    /// <summary>Adds a value, wrapping around on overflow.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ref ulong target, ulong value) =>
        Interlocked.Add(ref target, value) - value;

    /// <summary>Adds a value; sums of several threads depend on their order.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(ref float target, float value) =>
        Update<float, Sum<float>>(ref target, value);

    /// <summary>Adds a value; sums of several threads depend on their order.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Add(ref double target, double value) =>
        Update<double, Sum<double>>(ref target, value);

    /// <summary>Keeps the larger of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(ref int target, int value) =>
        Update<int, Larger<int>>(ref target, value);

    /// <summary>Keeps the larger of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Max(ref long target, long value) =>
        Update<long, Larger<long>>(ref target, value);

    /// <summary>Keeps the larger of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(ref uint target, uint value) =>
        Update<uint, Larger<uint>>(ref target, value);

    /// <summary>Keeps the larger of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Max(ref ulong target, ulong value) =>
        Update<ulong, Larger<ulong>>(ref target, value);

    /// <summary>Keeps the larger of target and value; NaN if either is.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(ref float target, float value) =>
        Update<float, Larger<float>>(ref target, value);

    /// <summary>Keeps the larger of target and value; NaN if either is.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(ref double target, double value) =>
        Update<double, Larger<double>>(ref target, value);

    /// <summary>Keeps the smaller of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(ref int target, int value) =>
        Update<int, Smaller<int>>(ref target, value);

    /// <summary>Keeps the smaller of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Min(ref long target, long value) =>
        Update<long, Smaller<long>>(ref target, value);

    /// <summary>Keeps the smaller of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(ref uint target, uint value) =>
        Update<uint, Smaller<uint>>(ref target, value);

    /// <summary>Keeps the smaller of target and value.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Min(ref ulong target, ulong value) =>
        Update<ulong, Smaller<ulong>>(ref target, value);

    /// <summary>Keeps the smaller of target and value; NaN if either is.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(ref float target, float value) =>
        Update<float, Smaller<float>>(ref target, value);

    /// <summary>Keeps the smaller of target and value; NaN if either is.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Min(ref double target, double value) =>
        Update<double, Smaller<double>>(ref target, value);

    /// <summary>Keeps the bits set in both.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int And(ref int target, int value) =>
        Interlocked.And(ref target, value);

    /// <summary>Keeps the bits set in both.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long And(ref long target, long value) =>
        Interlocked.And(ref target, value);

    /// <summary>Keeps the bits set in both.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint And(ref uint target, uint value) =>
        Interlocked.And(ref target, value);

    /// <summary>Keeps the bits set in both.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong And(ref ulong target, ulong value) =>
        Interlocked.And(ref target, value);

    /// <summary>Keeps the bits set in either.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Or(ref int target, int value) =>
        Interlocked.Or(ref target, value);

    /// <summary>Keeps the bits set in either.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Or(ref long target, long value) =>
        Interlocked.Or(ref target, value);

    /// <summary>Keeps the bits set in either.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Or(ref uint target, uint value) =>
        Interlocked.Or(ref target, value);

    /// <summary>Keeps the bits set in either.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Or(ref ulong target, ulong value) =>
        Interlocked.Or(ref target, value);

    /// <summary>Keeps the bits set in exactly one.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Xor(ref int target, int value) =>
        Update<int, ExclusiveOr<int>>(ref target, value);

    /// <summary>Keeps the bits set in exactly one.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Xor(ref long target, long value) =>
        Update<long, ExclusiveOr<long>>(ref target, value);

    /// <summary>Keeps the bits set in exactly one.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Xor(ref uint target, uint value) =>
        Update<uint, ExclusiveOr<uint>>(ref target, value);

    /// <summary>Keeps the bits set in exactly one.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Xor(ref ulong target, ulong value) =>
        Update<ulong, ExclusiveOr<ulong>>(ref target, value);

    /// <summary>Replaces the target.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Exchange(ref int target, int value) =>
        Interlocked.Exchange(ref target, value);

    /// <summary>Replaces the target.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Exchange(ref long target, long value) =>
        Interlocked.Exchange(ref target, value);

    /// <summary>Replaces the target.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Exchange(ref uint target, uint value) =>
        Interlocked.Exchange(ref target, value);

    /// <summary>Replaces the target.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange(ref ulong target, ulong value) =>
        Interlocked.Exchange(ref target, value);

    /// <summary>Replaces the target.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exchange(ref float target, float value) =>
        Interlocked.Exchange(ref target, value);

    /// <summary>Replaces the target.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exchange(ref double target, double value) =>
        Interlocked.Exchange(ref target, value);

    /// <summary>Replaces the target.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Index1D Exchange(ref Index1D target, Index1D value) =>
        Exchange(ref Unsafe.As<Index1D, int>(ref target), value.X);

    /// <summary>Replaces the target if it has the bits of <paramref name="compare"/>.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CompareExchange(ref int target, int compare, int value) =>
        Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces the target if it has the bits of <paramref name="compare"/>.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long CompareExchange(ref long target, long compare, long value) =>
        Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces the target if it has the bits of <paramref name="compare"/>.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint CompareExchange(ref uint target, uint compare, uint value) =>
        Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces the target if it has the bits of <paramref name="compare"/>.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareExchange(ref ulong target, ulong compare, ulong value) =>
        Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces the target if it has the bits of <paramref name="compare"/>.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float CompareExchange(ref float target, float compare, float value) =>
        Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces the target if it has the bits of <paramref name="compare"/>.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double CompareExchange(ref double target, double compare, double value) =>
        Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces the target if it equals <paramref name="compare"/>.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Index1D CompareExchange(ref Index1D target, Index1D compare, Index1D value) =>
        CompareExchange(ref Unsafe.As<Index1D, int>(ref target), compare.X, value.X);

    private interface IUpdate<T>
    {
        static abstract T Apply(T current, T value);
    }

    // Retries until no other thread wrote between the read and the exchange. Compares bits, so that a NaN cannot loop for ever.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Update<T, TUpdate>(ref T target, T value)
        where T : unmanaged
        where TUpdate : IUpdate<T>
    {
        if (Unsafe.SizeOf<T>() == sizeof(int))
        {
            ref int bits = ref Unsafe.As<T, int>(ref target);
            int seen = Volatile.Read(ref bits);
            while (true)
            {
                T updated = TUpdate.Apply(Unsafe.BitCast<int, T>(seen), value);
                int found = Interlocked.CompareExchange(ref bits, Unsafe.BitCast<T, int>(updated), seen);
                if (found == seen)
                {
                    return Unsafe.BitCast<int, T>(seen);
                }

                seen = found;
            }
        }

        ref long wideBits = ref Unsafe.As<T, long>(ref target);
        long wideSeen = Volatile.Read(ref wideBits);
        while (true)
        {
            T updated = TUpdate.Apply(Unsafe.BitCast<long, T>(wideSeen), value);
            long found = Interlocked.CompareExchange(ref wideBits, Unsafe.BitCast<T, long>(updated), wideSeen);
            if (found == wideSeen)
            {
                return Unsafe.BitCast<long, T>(wideSeen);
            }

            wideSeen = found;
        }
    }

    private readonly struct Sum<T> : IUpdate<T>
        where T : INumber<T>
    {
        public static T Apply(T current, T value) => current + value;
    }

    private readonly struct Larger<T> : IUpdate<T>
        where T : INumber<T>
    {
        public static T Apply(T current, T value) => T.Max(current, value);
    }

    private readonly struct Smaller<T> : IUpdate<T>
        where T : INumber<T>
    {
        public static T Apply(T current, T value) => T.Min(current, value);
    }

    private readonly struct ExclusiveOr<T> : IUpdate<T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T current, T value) => current ^ value;
    }
}
