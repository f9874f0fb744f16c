using System.Globalization;

namespace GpuRnn.Samples;

/// <summary>One number that a sample measures on real data, with what is asked of it and what the peer reached.</summary>
/// <param name="Name">What is counted, with its unit, such as "test accuracy".</param>
/// <param name="Peer">The peer's number on the same protocol; null where it gives none.</param>
public sealed record SampleFigure(string Name, double? Peer = null)
{
    /// <summary>The smallest value that counts as reached; null for no such bound.</summary>
    public double? AtLeast { get; init; }

    /// <summary>The largest value that counts as reached; null for no such bound.</summary>
    public double? AtMost { get; init; }

    /// <summary>What is asked, as the table shows it; "-" for a number that is only reported.</summary>
    public string Asked => (AtLeast, AtMost) switch
    {
        (null, null) => "-",
        (double least, null) => $"at least {Write(least)}",
        (null, double most) => $"at most {Write(most)}",
        (double least, double most) => $"{Write(least)} to {Write(most)}",
    };

    /// <summary>A number as the table shows it: four decimals, or one above a hundred.</summary>
    public static string Write(double value)
    {
        return value.ToString(Math.Abs(value) >= 100.0 ? "0.#" : "0.####", CultureInfo.InvariantCulture);
    }

    /// <summary>"yes", "no", or "-" where nothing is asked; NaN never reaches a bound.</summary>
    public string Verdict(double value)
    {
        bool isReached = !double.IsNaN(value) && !(value < AtLeast) && !(value > AtMost);
        return AtLeast is null && AtMost is null ? "-" : isReached ? "yes" : "no";
    }
}
