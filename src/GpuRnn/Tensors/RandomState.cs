using System.Globalization;

namespace GpuRnn.Tensors;

/// <summary>The four words of a <see cref="RandomSource"/> at one moment.</summary>
/// <param name="Word0">First word of the generator.</param>
/// <param name="Word1">Second word of the generator.</param>
/// <param name="Word2">Third word of the generator.</param>
/// <param name="Word3">Fourth word of the generator.</param>
public readonly record struct RandomState(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not 64 hexadecimal digits.</exception>
    public static RandomState Parse(string text)
    {
        if (text.Length != 64)
        {
            throw new FormatException($"RandomState.Parse: the text has {text.Length} characters, but needs 64 hexadecimal digits.");
        }

        return new RandomState(Word(text, 0), Word(text, 1), Word(text, 2), Word(text, 3));
    }

    /// <summary>64 hexadecimal digits, the first word first.</summary>
    public override string ToString()
    {
        return $"{Word0:x16}{Word1:x16}{Word2:x16}{Word3:x16}";
    }

    private static ulong Word(string text, int index)
    {
        return ulong.Parse(text.AsSpan(16 * index, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
