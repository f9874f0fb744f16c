using System.Runtime.CompilerServices;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend.Bodies;

/// <summary>The atomics of floats that devices lack, as loops of compare-exchange over their bits.</summary>
internal static class AtomicBodies
{
    private interface IChoice
    {
        static abstract float Of(float first, float second);

        static abstract double Of(double first, double second);
    }

    public static float Max(ref float target, float value) => Update<Larger>(ref target, value);

    public static float Min(ref float target, float value) => Update<Smaller>(ref target, value);

    public static double Max(ref double target, double value) => Update<Larger>(ref target, value);

    public static double Min(ref double target, double value) => Update<Smaller>(ref target, value);

    public static float Exchange(ref float target, float value) =>
        BitConverter.Int32BitsToSingle(Atomic.Exchange(ref Unsafe.As<float, int>(ref target), BitConverter.SingleToInt32Bits(value)));

    public static double Exchange(ref double target, double value) =>
        BitConverter.Int64BitsToDouble(Atomic.Exchange(ref Unsafe.As<double, long>(ref target), BitConverter.DoubleToInt64Bits(value)));

    public static float CompareExchange(ref float target, float compare, float value)
    {
        ref int bits = ref Unsafe.As<float, int>(ref target);
        return BitConverter.Int32BitsToSingle(
            Atomic.CompareExchange(ref bits, BitConverter.SingleToInt32Bits(compare), BitConverter.SingleToInt32Bits(value)));
    }

    public static double CompareExchange(ref double target, double compare, double value)
    {
        ref long bits = ref Unsafe.As<double, long>(ref target);
        return BitConverter.Int64BitsToDouble(
            Atomic.CompareExchange(ref bits, BitConverter.DoubleToInt64Bits(compare), BitConverter.DoubleToInt64Bits(value)));
    }

    public static Index1D Add(ref Index1D target, Index1D value) => Atomic.Add(ref Unsafe.As<Index1D, int>(ref target), value.X);

    public static Index1D Exchange(ref Index1D target, Index1D value) => Atomic.Exchange(ref Unsafe.As<Index1D, int>(ref target), value.X);

    public static Index1D CompareExchange(ref Index1D target, Index1D compare, Index1D value) =>
        Atomic.CompareExchange(ref Unsafe.As<Index1D, int>(ref target), compare.X, value.X);

    private static float Update<TChoice>(ref float target, float value)
        where TChoice : struct, IChoice
    {
        ref int bits = ref Unsafe.As<float, int>(ref target);
        int seen = bits;
        while (true)
        {
            int found = Atomic.CompareExchange(ref bits, seen, BitConverter.SingleToInt32Bits(TChoice.Of(BitConverter.Int32BitsToSingle(seen), value)));
            if (found == seen)
            {
                return BitConverter.Int32BitsToSingle(seen);
            }

            seen = found;
        }
    }

    private static double Update<TChoice>(ref double target, double value)
        where TChoice : struct, IChoice
    {
        ref long bits = ref Unsafe.As<double, long>(ref target);
        long seen = bits;
        while (true)
        {
            long found = Atomic.CompareExchange(ref bits, seen, BitConverter.DoubleToInt64Bits(TChoice.Of(BitConverter.Int64BitsToDouble(seen), value)));
            if (found == seen)
            {
                return BitConverter.Int64BitsToDouble(seen);
            }

            seen = found;
        }
    }

    private readonly struct Larger : IChoice
    {
        public static float Of(float first, float second) => MathF.Max(first, second);

        public static double Of(double first, double second) => Math.Max(first, second);
    }

    private readonly struct Smaller : IChoice
    {
        public static float Of(float first, float second) => MathF.Min(first, second);

        public static double Of(double first, double second) => Math.Min(first, second);
    }
}
