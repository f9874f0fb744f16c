using System.Text;

namespace GpuRnn.Compiler.Fuzz.Syntax;

/// <summary>A statement: text in which <c>$0</c> … stand for expressions and <c>#0</c> … for blocks of statements.</summary>
internal sealed class Statement
{
    private readonly string _format;

    internal Statement(string format, Expression[] operands, params List<Statement>[] blocks)
    {
        _format = format;
        Operands = operands;
        Blocks = blocks;
    }

    /// <summary>The expressions; they may be exchanged for others of the same type.</summary>
    internal Expression[] Operands { get; }

    /// <summary>True for what the others rely on: when a kernel is made smaller, it stays.</summary>
    internal bool IsKept { get; init; }

    /// <summary>The statements inside; they may be removed.</summary>
    internal List<Statement>[] Blocks { get; }

    /// <summary>Writes statements, one a line, each nested block indented.</summary>
    internal static void Write(IEnumerable<Statement> statements, StringBuilder text, int indent)
    {
        foreach (Statement statement in statements)
        {
            text.Append(' ', 4 * indent);
            statement.Write(text, indent);
            text.Append('\n');
        }
    }

    private void Write(StringBuilder text, int indent)
    {
        for (int i = 0; i < _format.Length; i++)
        {
            switch (_format[i])
            {
                case '$':
                    Operands[_format[++i] - '0'].Write(text);
                    break;
                case '#':
                    text.Append("{\n");
                    Write(Blocks[_format[++i] - '0'], text, indent + 1);
                    text.Append(' ', 4 * indent).Append('}');
                    break;
                default:
                    text.Append(_format[i]);
                    break;
            }
        }
    }
}
