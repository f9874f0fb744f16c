using System.Text.Json;

namespace GpuRnn.Data;

/// <summary>One line of a JSON-lines file: an object whose members are asked for by name.</summary>
public sealed class JsonLine
{
    internal JsonLine(string path, long line, JsonElement root)
    {
        (Path, Line, Root) = (path, line, root);
    }

    /// <summary>The file it stands in.</summary>
    public string Path { get; }

    /// <summary>Counted from 1.</summary>
    public long Line { get; }

    /// <summary>The object itself; stays valid after the walk has gone on.</summary>
    public JsonElement Root { get; }

    /// <summary>A member that is a text.</summary>
    /// <exception cref="DataFileException">It is missing or no text.</exception>
    public string GetText(string name)
    {
        JsonElement member = Member(name, JsonValueKind.String, "a text");
        return member.GetString()!;
    }

    /// <summary>A member that is a number.</summary>
    /// <exception cref="DataFileException">It is missing or no number.</exception>
    public double GetNumber(string name)
    {
        return Member(name, JsonValueKind.Number, "a number").GetDouble();
    }

    /// <summary>A member that is a list of texts.</summary>
    /// <exception cref="DataFileException">It is missing, no list, or holds something else.</exception>
    public IReadOnlyList<string> GetTexts(string name)
    {
        return [.. Elements(name, JsonValueKind.String, "a text").Select(element => element.GetString()!)];
    }

    /// <summary>A member that is a list of numbers.</summary>
    /// <exception cref="DataFileException">It is missing, no list, or holds something else.</exception>
    public IReadOnlyList<double> GetNumbers(string name)
    {
        return [.. Elements(name, JsonValueKind.Number, "a number").Select(element => element.GetDouble())];
    }

    private IEnumerable<JsonElement> Elements(string name, JsonValueKind kind, string needed)
    {
        int index = 0;
        foreach (JsonElement element in Member(name, JsonValueKind.Array, "a list").EnumerateArray())
        {
            Require(element, $"element {index++} of '{name}'", kind, needed);
            yield return element;
        }
    }

    private JsonElement Member(string name, JsonValueKind kind, string needed)
    {
        if (!Root.TryGetProperty(name, out JsonElement member))
        {
            throw new DataFileException(
                Path,
                Line,
                $"member '{name}' was asked for, but the object has {string.Join(", ", Root.EnumerateObject().Select(known => $"'{known.Name}'"))}",
                "Ask for one that is there, or complete the line");
        }

        Require(member, $"'{name}'", kind, needed);
        return member;
    }

    private void Require(JsonElement element, string what, JsonValueKind kind, string needed)
    {
        if (element.ValueKind != kind)
        {
            throw new DataFileException(Path, Line, $"{what} is {element.GetRawText()}, but {needed} is needed", "Correct or remove the line");
        }

        if (kind == JsonValueKind.Number && !double.IsFinite(element.GetDouble()))
        {
            throw new DataFileException(Path, Line, $"{what} is {element.GetRawText()}, but a finite number is needed", "Correct or remove the line");
        }
    }
}
