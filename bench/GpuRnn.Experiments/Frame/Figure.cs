using System.Globalization;

namespace GpuRnn.Experiments.Frame;

/// <summary>One number that an experiment measures, with what must be reached and what was published.</summary>
/// <param name="Subject">Whose number it is, such as "LSTM".</param>
/// <param name="Name">What is counted, with its unit, such as "test sequences wrong".</param>
/// <param name="Published">The paper's number, or "-" where it gives none.</param>
internal sealed record Figure(string Subject, string Name, string Published)
{
    /// <summary>The largest value that counts as reached; null for no such bound.</summary>
    public double? AtMost { get; init; }

    /// <summary>The smallest value that counts as reached; null for no such bound.</summary>
    public double? AtLeast { get; init; }

    /// <summary>True when there is something to reach; otherwise the number is only reported.</summary>
    public bool HasThreshold => AtMost is not null || AtLeast is not null;

    /// <summary>The threshold as tables and pages show it; "-" for none.</summary>
    public string Threshold => (AtLeast, AtMost) switch
    {
        (null, null) => "-",
        (double least, null) => $"at least {Write(least)}",
        (null, double most) => $"at most {Write(most)}",
        (double least, double most) => $"{Write(least)} to {Write(most)}",
    };

    /// <summary>A number as tables show it.</summary>
    public static string Write(double value) => value.ToString(value >= 1000.0 ? "0" : "0.####", CultureInfo.InvariantCulture);

    /// <summary>Whether a value is within the threshold; NaN never is.</summary>
    public bool IsReached(double value) => !double.IsNaN(value) && !(value > AtMost) && !(value < AtLeast);
}
