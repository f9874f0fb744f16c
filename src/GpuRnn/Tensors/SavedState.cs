using GpuRnn.Devices;
using System.Globalization;

namespace GpuRnn.Tensors;

/// <summary>Named numbers, texts and float arrays that a part of a training run writes down and reads back without losing a bit.</summary>
/// <remarks>Names of a <see cref="Section"/> start with its prefix and a slash, so parts cannot overwrite one another.</remarks>
public sealed class SavedState
{
    private readonly string _prefix;
    private readonly SortedDictionary<string, string> _values;
    private readonly SortedDictionary<string, SavedArray> _arrays;

    /// <summary>Starts empty.</summary>
    public SavedState()
        : this(string.Empty, new(StringComparer.Ordinal), new(StringComparer.Ordinal))
    {
    }

    private SavedState(string prefix, SortedDictionary<string, string> values, SortedDictionary<string, SavedArray> arrays)
    {
        _prefix = prefix;
        _values = values;
        _arrays = arrays;
    }

    /// <summary>All texts and numbers of all sections by their full names.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>All arrays of all sections by their full names; the memory is this object's own.</summary>
    public IReadOnlyDictionary<string, SavedArray> Arrays => _arrays;

    /// <summary>A window on the names that start with <paramref name="name"/> and a slash; it shares this object's content.</summary>
    public SavedState Section(string name)
    {
        return new SavedState($"{_prefix}{name}/", _values, _arrays);
    }

    /// <summary>Tells whether a value or an array of that name is there.</summary>
    public bool Contains(string name)
    {
        return _values.ContainsKey(_prefix + name) || _arrays.ContainsKey(_prefix + name);
    }

    /// <summary>Writes a text, replacing an earlier one.</summary>
    public void SetText(string name, string value)
    {
        _values[_prefix + name] = value;
    }

    /// <summary>Writes a whole number, replacing an earlier one.</summary>
    public void SetInteger(string name, long value)
    {
        SetText(name, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Writes a real number in a form that reads back to the same bits, NaN and infinities too.</summary>
    public void SetNumber(string name, double value)
    {
        SetText(name, value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>Keeps a copy of the values, replacing an earlier one.</summary>
    /// <exception cref="ShapeException">The shape does not hold as many elements as there are values.</exception>
    public void SetArray(string name, ReadOnlySpan<float> values, ReadOnlySpan<int> shape)
    {
        long length = 1;
        foreach (int axis in shape)
        {
            length *= axis;
        }

        if (length != values.Length)
        {
            throw new ShapeException(
                $"SavedState.SetArray: '{name}' has {values.Length} values, but the shape [{string.Join(", ", shape.ToArray())}] holds "
                + $"{length}. Pass a shape that matches.",
                nameof(shape));
        }

        _arrays[_prefix + name] = new SavedArray(values.ToArray(), shape.ToArray());
    }

    /// <summary>Reads a text back.</summary>
    /// <exception cref="FormatException">It is not there.</exception>
    public string GetText(string name)
    {
        return _values.TryGetValue(_prefix + name, out string? value) ? value : throw Missing(name);
    }

    /// <summary>Reads a whole number back.</summary>
    /// <exception cref="FormatException">It is not there, or is not a whole number.</exception>
    public long GetInteger(string name)
    {
        string text = GetText(name);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Malformed(name, text, "a whole number");
    }

    /// <summary>Reads a real number back, to the bit.</summary>
    /// <exception cref="FormatException">It is not there, or is not a number.</exception>
    public double GetNumber(string name)
    {
        string text = GetText(name);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw Malformed(name, text, "a number");
    }

    /// <summary>Reads an array back; do not modify it.</summary>
    /// <exception cref="FormatException">It is not there.</exception>
    public SavedArray GetArray(string name)
    {
        return _arrays.TryGetValue(_prefix + name, out SavedArray? value) ? value : throw Missing(name);
    }

    private FormatException Missing(string name)
    {
        return new FormatException(
            $"Checkpoint: there is no '{_prefix}{name}', but the run to be resumed needs it. "
            + "Resume with the same model, optimizer, schedule and data as the run that wrote the checkpoint.");
    }

    private FormatException Malformed(string name, string text, string needed)
    {
        return new FormatException(
            $"Checkpoint: '{_prefix}{name}' is '{text}', but must be {needed}. The file was changed or damaged; resume from another one.");
    }
}
