namespace GpuRnn.Decoding;

/// <summary>Where rows of tokens begin and end.</summary>
public sealed record DecodingOptions
{
    /// <summary>What stands before the first token of every row.</summary>
    public required int StartToken { get; init; }

    /// <summary>What ends a row; −1 for nothing, so that every row gets the most tokens.</summary>
    public required int EndToken { get; init; }

    /// <summary>The most tokens of a row, its end included; at least 1.</summary>
    public required int MaximumLength { get; init; }
}
