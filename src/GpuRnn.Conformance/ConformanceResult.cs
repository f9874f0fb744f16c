using GpuRnn.Accuracy;

namespace GpuRnn.Conformance;

/// <summary>What came of a case on a device.</summary>
/// <param name="WorstArray">The array that holds the element nearest to its bound, or furthest beyond it.</param>
/// <param name="Worst">The comparison of that array; its error and bound are those of the element.</param>
/// <param name="Failures">A text for each array with elements beyond their bounds; none when the case has passed.</param>
public sealed record ConformanceResult(string WorstArray, ElementwiseComparison Worst, IReadOnlyList<string> Failures)
{
    /// <summary>True when every element of every array is within its bound.</summary>
    public bool HasPassed => Failures.Count == 0;
}
