namespace GpuRnn.Repository.Tests;

/// <summary>Tells code, comments and literals of a C# text apart, so that a rule about code does not trip over a sentence.</summary>
internal sealed class CSharpText
{
    private readonly string _text;
    private readonly char[] _kinds;
    private int _position;

    private CSharpText(string text)
    {
        _text = text;
        _kinds = new char[text.Length];
        Array.Fill(_kinds, 'c');
    }

    public string Code => Keep(kind => kind == 'c');

    public string CodeAndComments => Keep(kind => kind != 's');

    public string Literals => Keep(kind => kind == 's');

    public static CSharpText Parse(string text)
    {
        CSharpText parsed = new(text);
        parsed.ReadCode(insideHole: false);
        return parsed;
    }

    private string Keep(Func<char, bool> keep) =>
        string.Create(_text.Length, (this, keep), static (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                char c = state.Item1._text[i];
                span[i] = c is '\n' or '\r' || state.keep(state.Item1._kinds[i]) ? c : ' ';
            }
        });

    private void ReadCode(bool insideHole)
    {
        int depth = 0;
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (insideHole && c == '}' && depth == 0)
            {
                return;
            }

            depth += c switch { '{' => 1, '}' => -1, _ => 0 };
            if (c == '/' && Next(1) == '/')
            {
                MarkUntil('m', IndexOrEnd("\n"));
            }
            else if (c == '/' && Next(1) == '*')
            {
                MarkUntil('m', IndexOrEnd("*/", extra: 2));
            }
            else if (c == '\'')
            {
                ReadQuoted('\'', verbatim: false, interpolated: false);
            }
            else if (c == '"')
            {
                ReadString();
            }
            else
            {
                _position++;
            }
        }
    }

    private void ReadString()
    {
        int quotes = 0;
        while (Next(quotes) == '"')
        {
            quotes++;
        }

        if (quotes >= 3)
        {
            _position += quotes;
            MarkUntil('s', IndexOrEnd(new string('"', quotes)));
            while (Next(0) == '"')
            {
                _position++;
            }

            return;
        }

        bool verbatim = false;
        bool interpolated = false;
        for (int i = _position - 1; i >= 0 && _text[i] is '$' or '@'; i--)
        {
            verbatim |= _text[i] == '@';
            interpolated |= _text[i] == '$';
        }

        ReadQuoted('"', verbatim, interpolated);
    }

    private void ReadQuoted(char quote, bool verbatim, bool interpolated)
    {
        _position++;
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (c == quote && verbatim && Next(1) == quote)
            {
                MarkUntil('s', _position + 2);
            }
            else if (c == quote || (c == '\n' && !verbatim))
            {
                _position++;
                return;
            }
            else if (c == '\\' && !verbatim)
            {
                MarkUntil('s', _position + 2);
            }
            else if (interpolated && c == '{' && Next(1) == '{')
            {
                MarkUntil('s', _position + 2);
            }
            else if (interpolated && c == '{')
            {
                _position++;
                ReadCode(insideHole: true);
                _position++;
            }
            else
            {
                MarkUntil('s', _position + 1);
            }
        }
    }

    private char Next(int offset) => _position + offset < _text.Length ? _text[_position + offset] : '\0';

    private int IndexOrEnd(string mark, int extra = 0)
    {
        int index = _text.IndexOf(mark, Math.Min(_position, _text.Length), StringComparison.Ordinal);
        return index < 0 ? _text.Length : index + extra;
    }

    private void MarkUntil(char kind, int end)
    {
        for (end = Math.Min(end, _text.Length); _position < end; _position++)
        {
            _kinds[_position] = kind;
        }
    }
}
