using System.Numerics;

namespace GpuRnn.Tensors;

/// <summary>
/// A seeded stream of random numbers whose whole state can be saved, so that a resumed run draws what the interrupted one would have.
/// </summary>
/// <remarks>
/// xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 2021), its four words filled from the
/// seed by SplitMix64 as its authors advise. The integer sequence is the same on every platform. Not for cryptography; one thread at a
/// time.
/// </remarks>
public sealed class RandomSource
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the stream that belongs to a seed; every seed, zero too, is good.</summary>
    public RandomSource(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>Everything that decides what comes next; assign it to continue from there.</summary>
    /// <exception cref="ArgumentException">All four words of the assigned state are zero, which the generator cannot leave.</exception>
    public RandomState State
    {
        get => new(_s0, _s1, _s2, _s3);
        set
        {
            if ((value.Word0 | value.Word1 | value.Word2 | value.Word3) == 0)
            {
                throw new ArgumentException(
                    "RandomSource.State: all four words are zero, but at least one must not be. Assign a state read from a RandomSource.",
                    nameof(value));
            }

            (_s0, _s1, _s2, _s3) = (value.Word0, value.Word1, value.Word2, value.Word3);
        }
    }

    /// <summary>The next 64 uniformly distributed bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
    public float NextSingle()
    {
        return (NextUInt64() >> 40) * (1.0f / (1 << 24));
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble()
    {
        return (NextUInt64() >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform in [minimum, maximum); the bounds must be finite.</summary>
    public float NextUniform(float minimum, float maximum)
    {
        return minimum + ((maximum - minimum) * NextSingle());
    }

    /// <summary>Uniform in 0 to <paramref name="exclusiveMaximum"/> − 1, without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is below 1.</exception>
    public int NextInt(int exclusiveMaximum)
    {
        if (exclusiveMaximum < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(exclusiveMaximum),
                $"RandomSource.NextInt: the exclusive maximum is {exclusiveMaximum}, but must be at least 1. Pass the number of choices.");
        }

        // Lemire 2019: the high word of a 32x32 product is uniform once the few low words that would favour some results are redrawn.
        uint range = (uint)exclusiveMaximum;
        uint rejectBelow = (0u - range) % range;
        ulong product;
        do
        {
            product = (NextUInt64() >> 32) * range;
        }
        while ((uint)product < rejectBelow);

        return (int)(product >> 32);
    }

    /// <summary>
    /// Normal with mean 0 and deviation 1 (Box and Muller 1958, the cosine branch: two draws a number, nothing kept between calls).
    /// </summary>
    public float NextGaussian()
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return (float)(radius * Math.Cos(2.0 * Math.PI * NextDouble()));
    }

    /// <summary>Puts the items in an order of which all are equally likely (Fisher and Yates, from the end).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
