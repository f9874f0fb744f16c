using System.Numerics;

namespace GpuRnn.Tensors;

/// <summary>Sums over vectors of doubles, in the registers that the processor has.</summary>
internal static class DoubleVectors
{
    /// <summary>Σ a_i b_i, in four partial sums a lane; the order is the same whenever the registers are.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        int width = Vector<double>.Count;
        Vector<double> sum0 = Vector<double>.Zero;
        Vector<double> sum1 = Vector<double>.Zero;
        Vector<double> sum2 = Vector<double>.Zero;
        Vector<double> sum3 = Vector<double>.Zero;
        int i = 0;
        for (; i <= a.Length - (4 * width); i += 4 * width)
        {
            sum0 = Vector.FusedMultiplyAdd(new Vector<double>(a[i..]), new Vector<double>(b[i..]), sum0);
            sum1 = Vector.FusedMultiplyAdd(new Vector<double>(a[(i + width)..]), new Vector<double>(b[(i + width)..]), sum1);
            sum2 = Vector.FusedMultiplyAdd(new Vector<double>(a[(i + (2 * width))..]), new Vector<double>(b[(i + (2 * width))..]), sum2);
            sum3 = Vector.FusedMultiplyAdd(new Vector<double>(a[(i + (3 * width))..]), new Vector<double>(b[(i + (3 * width))..]), sum3);
        }

        for (; i <= a.Length - width; i += width)
        {
            sum0 = Vector.FusedMultiplyAdd(new Vector<double>(a[i..]), new Vector<double>(b[i..]), sum0);
        }

        double sum = Vector.Sum(sum0 + sum1 + sum2 + sum3);
        for (; i < a.Length; i++)
        {
            sum = Math.FusedMultiplyAdd(a[i], b[i], sum);
        }

        return sum;
    }

    /// <summary>target_i += factor · source_i.</summary>
    public static void AddScaled(double factor, ReadOnlySpan<double> source, Span<double> target)
    {
        int width = Vector<double>.Count;
        Vector<double> factors = new(factor);
        int i = 0;
        for (; i <= source.Length - width; i += width)
        {
            Vector.FusedMultiplyAdd(factors, new Vector<double>(source[i..]), new Vector<double>(target[i..])).CopyTo(target[i..]);
        }

        for (; i < source.Length; i++)
        {
            target[i] = Math.FusedMultiplyAdd(factor, source[i], target[i]);
        }
    }
}
