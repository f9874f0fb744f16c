using System.Globalization;

namespace GpuRnn.Scheduling.Cells;

/// <summary>One thing besides its sizes that a cell can be built with: a number in a range, or one of a few words.</summary>
/// <remarks>Cells that share an option share the object, so that a command line shows it once.</remarks>
public sealed class CellOption
{
    // Beyond it a single-precision number skips whole ones.
    private const float MostElements = 1 << 24;

    private readonly Func<string, bool> _allows;

    private CellOption(string name, string description, string? initial, bool isNumber, string needed, Func<string, bool> allows)
    {
        (Name, Description, Default, IsNumber, Needed, _allows) = (name, description, initial, isNumber, needed, allows);
    }

    /// <summary>Lower case with hyphens; a command line puts two dashes before it.</summary>
    public string Name { get; }

    /// <summary>What it changes, in a few words.</summary>
    public string Description { get; }

    /// <summary>What holds where it is not given; null where the cell then goes without.</summary>
    public string? Default { get; }

    /// <summary>True for a number, false for a word.</summary>
    public bool IsNumber { get; }

    /// <summary>The values that it takes, in words that follow "but … is needed".</summary>
    public string Needed { get; }

    /// <summary>True when a text is a value that the option takes; numbers as the invariant culture writes them.</summary>
    public bool Allows(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return _allows(value);
    }

    /// <summary>An option that takes a number.</summary>
    /// <param name="name">Lower case with hyphens.</param>
    /// <param name="description">What it changes, in a few words.</param>
    /// <param name="initial">What holds where it is not given; null for none.</param>
    /// <param name="isAllowed">Tells whether a finite number is in range.</param>
    /// <param name="needed">The range in words that follow "but … is needed".</param>
    public static CellOption Number(string name, string description, double? initial, Func<float, bool> isAllowed, string needed)
    {
        return new CellOption(name, description, initial?.ToString(CultureInfo.InvariantCulture), true, needed, text =>
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) && isAllowed(number));
    }

    /// <summary>An option that takes a count of elements.</summary>
    internal static CellOption Size(string name, string description)
    {
        return Number(name, description, null, size => size >= 1.0f && size == MathF.Floor(size) && size <= MostElements, "a whole number of at least 1");
    }

    /// <summary>An option that takes a text of a form.</summary>
    internal static CellOption Text(string name, string description, string initial, Func<string, bool> isAllowed, string needed)
    {
        return new CellOption(name, description, initial, false, needed, isAllowed);
    }

    /// <summary>An option that takes one of a few words.</summary>
    internal static CellOption Choice(string name, string description, string? initial, params string[] choices)
    {
        return new CellOption(
            name, description, initial, false, $"one of {string.Join(", ", choices)}", text => choices.Contains(text, StringComparer.Ordinal));
    }
}
