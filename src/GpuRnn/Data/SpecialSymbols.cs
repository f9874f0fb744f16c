namespace GpuRnn.Data;

/// <summary>The symbols of a vocabulary that stand for no piece of text; null leaves one out.</summary>
/// <remarks>Those that are there come first in the vocabulary, in the order of the properties here.</remarks>
public sealed record SpecialSymbols
{
    /// <summary>No special symbols at all.</summary>
    public static SpecialSymbols None { get; } = new() { Padding = null, Unknown = null, Start = null, End = null };

    /// <summary>Padding and unknown symbols alone, as a classifier needs them.</summary>
    public static SpecialSymbols PaddingAndUnknown { get; } = new() { Start = null, End = null };

    /// <summary>Fills the steps that a shorter sequence does not have.</summary>
    public string? Padding { get; init; } = "<pad>";

    /// <summary>Stands for every symbol that the vocabulary does not have.</summary>
    public string? Unknown { get; init; } = "<unk>";

    /// <summary>Stands before the first symbol of a sequence.</summary>
    public string? Start { get; init; } = "<s>";

    /// <summary>Stands behind the last symbol of a sequence.</summary>
    public string? End { get; init; } = "</s>";

    /// <summary>Those that are there, in order, with their names in a file.</summary>
    internal IEnumerable<(string Role, string Symbol)> Present()
    {
        (string Role, string? Symbol)[] all = [("padding", Padding), ("unknown", Unknown), ("start", Start), ("end", End)];
        return all.Where(entry => entry.Symbol is not null).Select(entry => (entry.Role, entry.Symbol!));
    }
}
