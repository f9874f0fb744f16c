namespace GpuRnn.Repository.Tests;

/// <summary>A text file of the repository, or a sample of one.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="Text">The whole content.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<CSharpText> _csharp = new(() => CSharpText.Parse(Text));

    /// <summary>The content with comments and the inside of literals blanked; line numbers and columns stay.</summary>
    public string Code => _csharp.Value.Code;

    /// <summary>The content with the inside of literals blanked, comments kept.</summary>
    public string CodeAndComments => _csharp.Value.CodeAndComments;

    /// <summary>Only the inside of string literals; everything else is blanked.</summary>
    public string Literals => _csharp.Value.Literals;

    public int LineAt(int position) => Text.AsSpan(0, position).Count('\n') + 1;

    public string At(int position) => $"{Path}:{LineAt(position)}";
}
