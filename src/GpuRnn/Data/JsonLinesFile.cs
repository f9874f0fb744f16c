using System.Text;
using System.Text.Json;

namespace GpuRnn.Data;

/// <summary>Reads JSON-lines files, one object a line, never holding more than one of them.</summary>
public static class JsonLinesFile
{
    /// <summary>The objects of a file, which is opened anew each time they are walked; empty lines are skipped.</summary>
    /// <param name="path">The file; see <see cref="DataFile.OpenText"/>.</param>
    /// <param name="encoding">UTF-8 when null.</param>
    /// <exception cref="DataFileException">Thrown while walking: the file is missing, or a line is no JSON object.</exception>
    public static IEnumerable<JsonLine> Read(string path, Encoding? encoding = null)
    {
        long number = 0;
        foreach (string line in DataFile.ReadLines(path, encoding))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return new JsonLine(path, number, Parse(line, path, number));
            }
        }
    }

    private static JsonElement Parse(string line, string path, long number)
    {
        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new DataFileException(
                path, number, $"the line is no JSON ({exception.Message.TrimEnd('.')}), but an object is needed", "Correct or remove the line", exception);
        }

        return root.ValueKind == JsonValueKind.Object
            ? root
            : throw new DataFileException(
                path, number, $"the line holds a JSON {root.ValueKind}, but an object is needed", "Put the values into an object with names");
    }
}
