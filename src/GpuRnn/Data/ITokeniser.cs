namespace GpuRnn.Data;

/// <summary>Cuts a text into the symbols that a vocabulary numbers, and puts them together again.</summary>
public interface ITokeniser
{
    /// <summary>The symbols of a text in order.</summary>
    IEnumerable<string> Split(string text);

    /// <summary>A text of symbols.</summary>
    string Join(IEnumerable<string> symbols);
}
