using System.Globalization;

namespace GpuRnn.Plots;

/// <summary>Round positions for the marks of an axis.</summary>
public static class AxisTicks
{
    /// <summary>Multiples of 1, 2 or 5 times a power of ten that cover the range; at least two.</summary>
    /// <param name="low">The smallest value, finite.</param>
    /// <param name="high">The largest value, finite; one that is not above the smallest widens the range.</param>
    /// <param name="wanted">About how many, at least 1.</param>
    public static double[] Between(double low, double high, int wanted)
    {
        if (!(high > low))
        {
            double half = Math.Max(Math.Abs(low) * 0.1, 0.5);
            (low, high) = (low - half, high + half);
        }

        double rough = (high - low) / wanted;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        };
        long first = (long)Math.Floor(low / step);
        long last = (long)Math.Ceiling(high / step);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(index => (first + index) * step)];
    }

    /// <summary>A tick with as many decimals as the step between ticks needs.</summary>
    /// <param name="tick">One of them.</param>
    /// <param name="ticks">All of them, at least two.</param>
    public static string Format(double tick, double[] ticks)
    {
        ArgumentNullException.ThrowIfNull(ticks);
        int decimals = (int)Math.Clamp(Math.Ceiling(-Math.Log10(ticks[1] - ticks[0])), 0, 8);
        return tick.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
