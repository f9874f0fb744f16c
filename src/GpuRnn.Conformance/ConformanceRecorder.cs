using GpuRnn.Accuracy;

namespace GpuRnn.Conformance;

/// <summary>Takes the results of a case and keeps the worst element of all, and the text of each array that fails.</summary>
public sealed class ConformanceRecorder
{
    private readonly List<string> _failures = [];
    private string _worstName = string.Empty;
    private ElementwiseComparison? _worst;

    /// <summary>Holds an array to one tolerance.</summary>
    /// <param name="what">Names the array in results and failures.</param>
    /// <param name="expected">The reference's values.</param>
    /// <param name="actual">The device's values.</param>
    /// <param name="tolerance">The bound of each element.</param>
    /// <param name="shape">The array's axes, so that a failure names the element by them; none for a flat index.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Compare(string what, double[] expected, float[] actual, ToleranceSpec tolerance, params int[] shape)
    {
        Add(what, ElementwiseComparison.Compare(expected, actual, tolerance), tolerance.Name, shape);
    }

    /// <summary>Holds each element of an array to a bound of its own.</summary>
    /// <param name="what">Names the array in results and failures.</param>
    /// <param name="expected">The reference's values.</param>
    /// <param name="actual">The device's values.</param>
    /// <param name="allowed">The bounds, as many as elements.</param>
    /// <param name="boundName">Where the bounds come from.</param>
    /// <param name="shape">The array's axes, so that a failure names the element by them; none for a flat index.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Compare(string what, double[] expected, float[] actual, double[] allowed, string boundName, params int[] shape)
    {
        double[] wide = Array.ConvertAll(actual, value => (double)value);
        Add(what, ElementwiseComparison.Compare(expected, wide, allowed), boundName, shape);
    }

    internal ConformanceResult Finish()
    {
        return _worst is null
            ? throw new InvalidOperationException("ConformanceCase.Run: the case compared nothing, but must compare at least one array. Record its results.")
            : new ConformanceResult(_worstName, _worst, _failures);
    }

    private void Add(string what, ElementwiseComparison comparison, string boundName, int[] shape)
    {
        if (_worst is null || comparison.WorstRatio > _worst.WorstRatio)
        {
            _worst = comparison;
            _worstName = what;
        }

        if (!comparison.HasPassed)
        {
            _failures.Add(comparison.Describe(what, boundName, shape));
        }
    }
}
