using System.Globalization;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The options that a cell is built with, by name; never changes, and is equal to another of the same values.</summary>
public sealed class CellOptionValues : IEquatable<CellOptionValues>
{
    private readonly SortedDictionary<string, string> _values;

    private CellOptionValues(SortedDictionary<string, string> values)
    {
        _values = values;
    }

    /// <summary>No option: every cell as it comes.</summary>
    public static CellOptionValues None { get; } = new(new SortedDictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The options that are given, in the order of their letters.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>The same with one option more, changed or, for null, less.</summary>
    /// <param name="name">The option's name, such as "leak-rate".</param>
    /// <param name="value">Its value; a number as the invariant culture writes it.</param>
    public CellOptionValues With(string name, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        SortedDictionary<string, string> values = new(_values, StringComparer.Ordinal);
        values.Remove(name);
        if (value is not null)
        {
            values.Add(name, value);
        }

        return new CellOptionValues(values);
    }

    /// <summary>The same with a number.</summary>
    public CellOptionValues With(string name, double value)
    {
        return With(name, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The value of an option, or null where it is not given.</summary>
    public string? Find(string name)
    {
        return _values.GetValueOrDefault(name);
    }

    /// <summary>The number of an option that was checked, or null where it is not given and has no default.</summary>
    internal float? Number(CellOption option)
    {
        return (Find(option.Name) ?? option.Default) is string text ? float.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The word of an option that was checked, or its default.</summary>
    internal string Word(CellOption option)
    {
        return Find(option.Name) ?? option.Default!;
    }

    /// <inheritdoc/>
    public bool Equals(CellOptionValues? other)
    {
        return other is not null && _values.SequenceEqual(other._values);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj)
    {
        return Equals(obj as CellOptionValues);
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        return ToString().GetHashCode(StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return string.Join(", ", _values.Select(pair => $"{pair.Key} {pair.Value}"));
    }
}
