using System.Globalization;
using System.Text;

namespace GpuRnn.Data;

/// <summary>Cuts a text into words, numbers and single punctuation marks.</summary>
/// <remarks>
/// A word is a run of letters, digits and combining marks. One apostrophe (' or ’), hyphen, point or comma inside it belongs to it where letters or
/// digits stand on both sides: apostrophe and hyphen between any of them ("don't", "well-known"), point and comma between digits alone ("3.14",
/// "1,000"). Every other character that is no white space is a symbol of its own. White space separates and is lost. Case is lowered by the
/// invariant culture's rules unless it is to be kept.
/// </remarks>
/// <param name="keepsCase">True leaves capitals as they are.</param>
public sealed class WordTokeniser(bool keepsCase = false) : ITokeniser
{
    private readonly bool _keepsCase = keepsCase;

    /// <inheritdoc/>
    public IEnumerable<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Rune[] runes = [.. (_keepsCase ? text : text.ToLowerInvariant()).EnumerateRunes()];
        int at = 0;
        while (at < runes.Length)
        {
            int end = at + 1;
            if (IsWordPart(runes[at]))
            {
                end = WordEnd(runes, at);
            }

            if (!Rune.IsWhiteSpace(runes[at]))
            {
                yield return string.Concat(runes[at..end]);
            }

            at = end;
        }
    }

    /// <summary>Puts a space between any two symbols; the text's own spacing is not known any more.</summary>
    public string Join(IEnumerable<string> symbols)
    {
        return string.Join(' ', symbols);
    }

    private static int WordEnd(Rune[] runes, int at)
    {
        int end = at + 1;
        while (end < runes.Length)
        {
            bool goesOn = IsWordPart(runes[end]) || (end + 1 < runes.Length && IsWordPart(runes[end + 1]) && Joins(runes[end - 1], runes[end], runes[end + 1]));
            if (!goesOn)
            {
                break;
            }

            end++;
        }

        return end;
    }

    private static bool Joins(Rune before, Rune mark, Rune after)
    {
        return mark.Value switch
        {
            '\'' or '’' or '-' => IsWordPart(before),
            '.' or ',' => Rune.IsDigit(before) && Rune.IsDigit(after),
            _ => false,
        };
    }

    private static bool IsWordPart(Rune rune)
    {
        return Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
    }
}
