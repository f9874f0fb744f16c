namespace GpuRnn.Data;

/// <summary>Which symbols of a corpus a vocabulary takes.</summary>
public sealed record VocabularyOptions
{
    /// <summary>Symbols that occur less often are left out; at least 1.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>The most symbols, special ones included; the rarest are left out. Null for no limit.</summary>
    public int? MaximumSize { get; init; }

    /// <summary>The symbols that come first and stand for no piece of text.</summary>
    public SpecialSymbols Specials { get; init; } = new();
}
