using System;
using GpuRnn.Kernels.Random;

namespace GpuRnn.Kernels.Elementwise;

/// <summary>Drops elements at random and scales the others up, so that the expected value stays (inverted dropout).</summary>
/// <remarks>
/// <para>
/// Source: Srivastava et al. (2014), in PyTorch's inverted form: result = source / (1 − p) with probability 1 − p, else 0. Element e of
/// the call takes word e mod 4 of block firstBlock + e / 4 of <see cref="Philox"/> under the call's seed; it is dropped where the
/// word's upper 24 bits are below p·2^24. No mask is kept: the gradient is the same kernel, with the same numbers, over the result's
/// gradient.
/// </para>
/// </remarks>
public static class Dropout
{
    /// <summary>Elements that share one block of random words; the next call's firstBlock is this one's plus ceil(n / BlockSize).</summary>
    public const int BlockSize = 4;

    private const float WordRange = 16777216f;
    private const int DiscardedBits = 8;

    /// <summary>The threshold for a dropping probability, for the kernel's parameter.</summary>
    /// <param name="probability">p in 0..1; resolution 2^-24.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in 0..1.</exception>
    public static int Threshold(double probability) =>
        probability is >= 0.0 and <= 1.0
            ? (int)Math.Round(probability * WordRange)
            : throw new ArgumentOutOfRangeException(
                nameof(probability),
                $"Dropout.Threshold: probability {probability} arrived, but 0 to 1 was needed. Pass the share of elements to drop.");

    /// <summary>result = source · scale, or 0 for dropped elements.</summary>
    /// <remarks>Threads: one for each <see cref="BlockSize"/> elements, extent ceil(n / BlockSize). Aliasing: result may be source.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [n]
        ArrayView1D<float, Stride1D.Dense> result,  // [n]; set
        int n,
        int threshold,                              // Threshold(p)
        float scale,                                // 1 / (1 − p)
        int seedLow,                                // the key's words
        int seedHigh,
        long firstBlock)                            // counter of element 0
    {
        int first = index * BlockSize;
        ulong counter = (ulong)(firstBlock + (int)index);
        uint word0 = (uint)counter;
        uint word1 = (uint)(counter >> 32);
        uint word2 = 0;
        uint word3 = 0;
        Philox.Draw(ref word0, ref word1, ref word2, ref word3, (uint)seedLow, (uint)seedHigh);

        Store(source, result, first, n, word0, threshold, scale);
        Store(source, result, first + 1, n, word1, threshold, scale);
        Store(source, result, first + 2, n, word2, threshold, scale);
        Store(source, result, first + 3, n, word3, threshold, scale);
    }

    private static void Store(
        ArrayView1D<float, Stride1D.Dense> source,
        ArrayView1D<float, Stride1D.Dense> result,
        int element,
        int n,
        uint word,
        int threshold,
        float scale)
    {
        if (element < n)
        {
            result[element] = (int)(word >> DiscardedBits) < threshold ? 0f : source[element] * scale;
        }
    }
}
