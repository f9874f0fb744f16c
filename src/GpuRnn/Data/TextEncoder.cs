namespace GpuRnn.Data;

/// <summary>Turns texts into the numbers of their symbols and back: a tokeniser and a vocabulary.</summary>
/// <param name="tokeniser">Cuts the text.</param>
/// <param name="vocabulary">Numbers the symbols.</param>
public sealed class TextEncoder(ITokeniser tokeniser, Vocabulary vocabulary)
{
    /// <summary>Cuts the text.</summary>
    public ITokeniser Tokeniser { get; } = tokeniser ?? throw new ArgumentNullException(nameof(tokeniser));

    /// <summary>Numbers the symbols.</summary>
    public Vocabulary Vocabulary { get; } = vocabulary ?? throw new ArgumentNullException(nameof(vocabulary));

    /// <summary>The numbers of a text's symbols.</summary>
    /// <exception cref="ArgumentException">A symbol is not in the vocabulary, which has no unknown one.</exception>
    public int[] Encode(string text)
    {
        return Vocabulary.Encode(Tokeniser.Split(text));
    }

    /// <summary>The text of numbers, without special symbols.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not in the vocabulary.</exception>
    public string Decode(IEnumerable<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        int specials = Vocabulary.Specials.Present().Count();
        return Tokeniser.Join(Vocabulary.Decode(numbers.Where(number => number >= specials || number < 0)));
    }
}
