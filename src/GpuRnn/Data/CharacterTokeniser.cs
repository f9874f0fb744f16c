using System.Text;

namespace GpuRnn.Data;

/// <summary>Every Unicode scalar value is a symbol, white space and line ends too; nothing is changed, so that joining gives the text back.</summary>
/// <remarks>
/// A letter with a combining mark is two symbols; normalise the text first (<see cref="string.Normalize()"/>) where that matters. Half a surrogate
/// pair becomes U+FFFD.
/// </remarks>
public sealed class CharacterTokeniser : ITokeniser
{
    // One string for each of the usual characters, so that a long text does not make as many strings as it has characters.
    private static readonly string[] s_usual = [.. Enumerable.Range(0, 256).Select(code => ((char)code).ToString())];

    /// <inheritdoc/>
    public IEnumerable<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (Rune rune in text.EnumerateRunes())
        {
            yield return rune.Value < s_usual.Length ? s_usual[rune.Value] : rune.ToString();
        }
    }

    /// <inheritdoc/>
    public string Join(IEnumerable<string> symbols)
    {
        return string.Concat(symbols);
    }
}
