namespace GpuRnn.Data;

/// <summary>How the fields of a CSV file stand.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between two fields: a comma, or a tab for TSV.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>What may enclose a field, doubled where it stands inside; null where it is a character like any other.</summary>
    public char? Quote { get; init; } = '"';

    /// <summary>True where the first row names the columns.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>True takes white space off both ends of fields that are not quoted.</summary>
    public bool Trims { get; init; } = true;
}
