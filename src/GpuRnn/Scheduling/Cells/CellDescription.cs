namespace GpuRnn.Scheduling.Cells;

/// <summary>One entry of the library's list of cells: its name, what it is, the options that apply to it, and how it is made.</summary>
/// <remarks>It stands in the cell's own file. Command lines, tests and checks read the list (<see cref="Cells.Descriptions"/>) and know no cell.</remarks>
public sealed class CellDescription
{
    private readonly Func<CellOptionValues, Cell> _make;
    private readonly IReadOnlyList<CellOptionValues> _forms;

    internal CellDescription(
        string name,
        string summary,
        IReadOnlyList<CellOption> options,
        Func<CellOptionValues, Cell> make,
        params CellOptionValues[] furtherForms)
    {
        (Name, Summary, Options, _make) = (name, summary, options, make);
        _forms = [CellOptionValues.None, .. furtherForms];
    }

    /// <summary>The name on command lines; lower case with hyphens.</summary>
    public string Name { get; }

    /// <summary>What it is and where it comes from, in one line.</summary>
    public string Summary { get; }

    /// <summary>The fewest layers of it that are more than a simpler cell; 1 for most.</summary>
    public int LeastLayers { get; internal init; } = 1;

    /// <summary>What is wrong with options that fit one by one; null where nothing can be.</summary>
    internal Func<CellOptionValues, (string Option, string Problem, string Remedy)?>? RefusalTogether { get; init; }

    /// <summary>The options that apply to it.</summary>
    public IReadOnlyList<CellOption> Options { get; }

    /// <summary>The cell in each form whose step differs: first as it comes, then with options.</summary>
    public IEnumerable<Cell> Forms => _forms.Select(form => Create(form));

    /// <summary>Makes the cell.</summary>
    /// <param name="options">What differs from the cell as it comes; nothing when null.</param>
    /// <exception cref="ArgumentException">An option does not apply to this cell, or its value is none that it takes.</exception>
    public Cell Create(CellOptionValues? options = null)
    {
        options ??= CellOptionValues.None;
        if (Refusal(options) is (string option, string problem, string remedy))
        {
            throw new ArgumentException($"Cell \"{Name}\", {option}: {problem}. {remedy}.", nameof(options));
        }

        Cell cell = _make(options);
        cell.Options = options;
        return cell;
    }

    /// <summary>What is wrong with options: the one, what arrived and was needed, and what to do; null when they fit.</summary>
    public (string Option, string Problem, string Remedy)? Refusal(CellOptionValues options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (string name in options.Names)
        {
            string value = options.Find(name)!;
            if (Options.FirstOrDefault(option => option.Name == name) is not CellOption known)
            {
                string[] others = [.. Cells.Descriptions.Where(one => one.Options.Any(option => option.Name == name)).Select(one => one.Name)];
                string needed = others.Length == 0 ? "no cell has such an option" : $"only {string.Join(", ", others)} {(others.Length == 1 ? "has" : "have")} this option";
                return (name, $"'{value}' arrived for {Name}, but {needed}", others.Length == 0 ? "Leave it out" : "Leave it out, or choose another cell");
            }

            if (!known.Allows(value))
            {
                return (name, $"'{value}' arrived, but {known.Needed} is needed", "Correct it, or leave it out");
            }
        }

        return RefusalTogether?.Invoke(options);
    }
}
