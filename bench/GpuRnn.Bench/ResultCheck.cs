namespace GpuRnn.Bench;

/// <summary>Aborts a benchmark whose result is wrong before it is timed.</summary>
public static class ResultCheck
{
    /// <summary>Compares element by element with a bound for each element.</summary>
    /// <param name="what">What is compared, for the message.</param>
    /// <param name="expected">The reference in double.</param>
    /// <param name="actual">The result to be timed, of the same length.</param>
    /// <param name="allowed">The bound of the element at an index.</param>
    /// <exception cref="InvalidOperationException">An element is further off than its bound, or is not a number.</exception>
    public static void Require(string what, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, Func<int, double> allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        if (expected.Length != actual.Length)
        {
            throw new InvalidOperationException($"{what}: {actual.Length} elements arrived, but the reference has {expected.Length}. Nothing is timed.");
        }

        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);

            // Not "error > allowed": that is false for NaN.
            if (!(error <= allowed(i)))
            {
                throw new InvalidOperationException(
                    $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}, error {error:E2}, allowed {allowed(i):E2}. "
                    + "Nothing is timed before the result is right.");
            }
        }
    }
}
