namespace GpuRnn.LanguageModels;

/// <summary>The sizes and the form of an <see cref="NgramNetwork"/>.</summary>
public sealed record NgramNetworkOptions
{
    /// <summary>V, symbols.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>n: symbols of an n-gram, the predicted one included; at least 2.</summary>
    public required int Order { get; init; }

    /// <summary>The symbol that stands before the first one, usually the start symbol.</summary>
    public required int StartIndex { get; init; }

    /// <summary>E, elements of a symbol's vector.</summary>
    public int EmbeddingSize { get; init; } = 60;

    /// <summary>Units of the hidden layer.</summary>
    public int HiddenSize { get; init; } = 100;

    /// <summary>True adds W·x: the vectors reach the output directly too.</summary>
    public bool HasDirectConnections { get; init; }
}
