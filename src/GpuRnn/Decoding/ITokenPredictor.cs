namespace GpuRnn.Decoding;

/// <summary>A model that writes rows of tokens: given the last token of every row it scores each token that may come next.</summary>
/// <remarks>
/// It keeps the state of each row, so one object is one run: of a language model, or of a translation of certain sources. The searches of this folder know
/// nothing else of a model. Not for several threads at once.
/// </remarks>
public interface ITokenPredictor : IDisposable
{
    /// <summary>V: tokens are 0 to V − 1.</summary>
    int VocabularySize { get; }

    /// <summary>Rows at present.</summary>
    int RowCount { get; }

    /// <summary>Takes the last token of each row in, and scores what may come next.</summary>
    /// <param name="tokens">One for each row.</param>
    /// <param name="logits">[rows, V]; receives log-probabilities up to a constant of each row.</param>
    void Predict(ReadOnlySpan<int> tokens, Span<float> logits);

    /// <summary>Puts other rows in the place of the present ones: row i goes on as row <paramref name="rows"/>[i] would.</summary>
    /// <param name="rows">Rows at present, in any order and any number, each as often as wanted.</param>
    void Select(ReadOnlySpan<int> rows);
}
