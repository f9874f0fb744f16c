namespace GpuRnn.Data;

/// <summary>Cuts at white space and nowhere else: for texts whose symbols were separated before.</summary>
public sealed class SpaceTokeniser : ITokeniser
{
    /// <inheritdoc/>
    public IEnumerable<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <inheritdoc/>
    public string Join(IEnumerable<string> symbols)
    {
        return string.Join(' ', symbols);
    }
}
