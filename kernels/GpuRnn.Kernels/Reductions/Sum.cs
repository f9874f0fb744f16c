using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Reductions;

/// <summary>The sum of an array, and of its squares, in an order that depends on the length alone.</summary>
/// <remarks>
/// Two launches: one thread adds elements at one distance, ascending, so that neighbouring threads read neighbours; then one thread adds what
/// these found, ascending. The order, and so the bits, depend on neither the device nor its number of threads. Error: at most
/// (<see cref="MostTerms"/> + <see cref="PartialCount"/>) rounding units of Σ|x|.
/// </remarks>
public static class Sum
{
    /// <summary>The most elements that one thread adds.</summary>
    public const int MostTerms = 1024;

    // Whole vectors of threads also where there is little to add.
    private const int Group = 64;

    /// <summary>The number of partial sums for <paramref name="n"/> elements.</summary>
    public static int PartialCount(int n) => XMath.Min(n, Group * ((n + (Group * MostTerms) - 1) / (Group * MostTerms)));

    /// <summary>partials[p] = Σ source[p + k · PartialCount].</summary>
    /// <remarks>Threads: one a partial sum, extent <see cref="PartialCount"/>. Aliasing: none.</remarks>
    public static void Partial(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,    // [n]
        ArrayView1D<float, Stride1D.Dense> partials,  // [PartialCount(n)]; set
        int n)
    {
        int count = PartialCount(n);
        int whole = n - (n % count);
        float sum = 0f;
        for (int first = 0; first < whole; first += count)
        {
            sum += source[first + index];
        }

        if (whole + index < n)
        {
            sum += source[whole + index];
        }

        partials[index] = sum;
    }

    /// <summary>partials[p] = Σ source[p + k · PartialCount]².</summary>
    /// <remarks>Threads: one a partial sum, extent <see cref="PartialCount"/>. Aliasing: none.</remarks>
    public static void PartialOfSquares(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,    // [n]
        ArrayView1D<float, Stride1D.Dense> partials,  // [PartialCount(n)]; set
        int n)
    {
        int count = PartialCount(n);
        int whole = n - (n % count);
        F32 sum = F32.Zero;
        for (int first = 0; first < whole; first += count)
        {
            F32 value = new(source[first + index]);
            sum = F32.MultiplyAdd(value, value, sum);
        }

        if (whole + index < n)
        {
            F32 value = new(source[whole + index]);
            sum = F32.MultiplyAdd(value, value, sum);
        }

        partials[index] = sum.Value;
    }

    /// <summary>result[0] = Σ partials (+ result[0]); 0 without partials.</summary>
    /// <remarks>Threads: one. Aliasing: none.</remarks>
    public static void Finish(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> partials,  // [count]
        ArrayView1D<float, Stride1D.Dense> result,    // [1]; set, or added to
        int count,
        int accumulate)                               // 1 to add to the result, as for a norm over several arrays, else 0
    {
        float sum = accumulate != 0 ? result[index] : 0f;
        for (int i = 0; i < count; i++)
        {
            sum += partials[i];
        }

        result[index] = sum;
    }
}
