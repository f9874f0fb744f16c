using System.Text;

namespace GpuRnn.Data;

/// <summary>The text form of a vocabulary: a line that names the special symbols, then every other symbol on a line of its own.</summary>
internal static class VocabularyFile
{
    private const string Mark = "gpurnn-vocabulary-1";

    public static void Write(string path, Vocabulary vocabulary)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        StringBuilder text = new(Mark);
        int specials = 0;
        foreach ((string role, string symbol) in vocabulary.Specials.Present())
        {
            text.Append('\t').Append(role).Append('=').Append(Escape(symbol));
            specials++;
        }

        text.Append('\n');
        foreach (string symbol in vocabulary.Symbols.Skip(specials))
        {
            text.Append(Escape(symbol)).Append('\n');
        }

        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(
                path,
                0,
                $"the vocabulary cannot be written ({exception.Message.TrimEnd('.')}), but a writable path in an existing folder is needed",
                "Check the folder, its permissions and the free space",
                exception);
        }
        finally
        {
            // Gone already where the file took its place.
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    public static Vocabulary Read(string path)
    {
        string[] lines = [.. DataFile.ReadLines(path)];
        string[] head = lines.Length > 0 ? lines[0].Split('\t') : [];
        if (head.Length == 0 || head[0] != Mark)
        {
            throw new DataFileException(
                path, 1, $"the file begins with '{(lines.Length > 0 ? lines[0] : string.Empty)}', but a vocabulary begins with '{Mark}'", "Load a file that Save wrote");
        }

        SpecialSymbols specials = SpecialSymbols.None;
        foreach (string entry in head.Skip(1))
        {
            int equals = entry.IndexOf('=');
            string symbol = Unescape(entry[(equals + 1)..], path, 1);
            specials = entry[..Math.Max(0, equals)] switch
            {
                "padding" => specials with { Padding = symbol },
                "unknown" => specials with { Unknown = symbol },
                "start" => specials with { Start = symbol },
                "end" => specials with { End = symbol },
                _ => throw new DataFileException(
                    path, 1, $"'{entry}' arrived, but padding, unknown, start or end with '=' and a symbol is needed", "Load a file that Save wrote"),
            };
        }

        try
        {
            return new Vocabulary(lines.Skip(1).Select((line, i) => Unescape(line, path, i + 2)), specials);
        }
        catch (ArgumentException exception)
        {
            throw new DataFileException(path, 0, $"the symbols do not fit together ({exception.Message.TrimEnd('.')})", "Load a file that Save wrote", exception);
        }
    }

    /// <summary>A symbol on one line.</summary>
    public static string Escape(string symbol)
    {
        return symbol.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal);
    }

    private static string Unescape(string text, string path, long line)
    {
        StringBuilder symbol = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                symbol.Append(text[i]);
                continue;
            }

            i++;
            symbol.Append((i < text.Length ? text[i] : '\0') switch
            {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => throw new DataFileException(path, line, $"'{text}' has a backslash before something other than \\, n, r or t, which no vocabulary has", "Load a file that Save wrote"),
            });
        }

        return symbol.ToString();
    }
}
