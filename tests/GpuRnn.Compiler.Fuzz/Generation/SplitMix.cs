namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>The random sequence of a seed; the same on every machine and in every version.</summary>
/// <remarks>Source: Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators", SplitMix64.</remarks>
internal sealed class SplitMix
{
    private ulong _state;

    internal SplitMix(ulong seed)
    {
        _state = seed;
    }

    /// <summary>64 random bits.</summary>
    internal ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to <paramref name="count"/> − 1.</summary>
    internal int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>True in <paramref name="percent"/> of a hundred cases.</summary>
    internal bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of the elements.</summary>
    internal T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
