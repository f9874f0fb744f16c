using GpuRnn.Accuracy;

namespace GpuRnn.Conformance;

/// <summary>Sums in double, each with the sum of the absolute values of its terms, from which the bound of a float32 result follows.</summary>
/// <remarks>
/// The bound of an element is that of <see cref="Tolerances.Single"/> with the element's own magnitude: no term of another element loosens it.
/// </remarks>
internal sealed class Sums
{
    /// <summary>Names the bounds in failures.</summary>
    public const string BoundName = "float32, each sum's own length and magnitude";

    private readonly int[] _lengths;
    private readonly double[] _magnitudes;

    /// <summary>Begins sums of no terms.</summary>
    public Sums(int count)
    {
        Values = new double[count];
        _magnitudes = new double[count];
        _lengths = new int[count];
    }

    /// <summary>The sums.</summary>
    public double[] Values { get; }

    /// <summary>Adds a term to a sum.</summary>
    public void Add(int index, double term)
    {
        Add(index, term, Math.Abs(term));
    }

    /// <summary>Adds a term that was itself computed from larger ones.</summary>
    /// <param name="index">The sum.</param>
    /// <param name="term">The term.</param>
    /// <param name="magnitude">The absolute values behind it, at least its own.</param>
    /// <param name="length">The terms of the longest sum behind it.</param>
    public void Add(int index, double term, double magnitude, int length = 1)
    {
        Values[index] += term;
        _magnitudes[index] += magnitude;
        _lengths[index] += length;
    }

    /// <summary>Each sum times a factor.</summary>
    public Sums Times(double factor)
    {
        Sums result = new(Values.Length);
        for (int i = 0; i < Values.Length; i++)
        {
            result.Values[i] = factor * Values[i];
            result._magnitudes[i] = Math.Abs(factor) * _magnitudes[i];
            result._lengths[i] = _lengths[i] + 1;
        }

        return result;
    }

    /// <summary>The largest error that each float32 result may have.</summary>
    public double[] Allowed()
    {
        double[] allowed = new double[Values.Length];
        for (int i = 0; i < allowed.Length; i++)
        {
            allowed[i] = Tolerances.Single(_lengths[i]).Absolute * _magnitudes[i];
        }

        return allowed;
    }
}
