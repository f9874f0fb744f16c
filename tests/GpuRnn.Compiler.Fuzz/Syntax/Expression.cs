using System.Text;

namespace GpuRnn.Compiler.Fuzz.Syntax;

/// <summary>An expression: text in which <c>$0</c>, <c>$1</c> … stand for the operands.</summary>
/// <remarks>Operands may be replaced, which is how a failing kernel is made smaller.</remarks>
internal sealed class Expression
{
    private readonly string _format;

    internal Expression(FuzzType type, string format, params Expression[] operands)
    {
        Type = type;
        _format = format;
        Operands = operands;
    }

    internal FuzzType Type { get; }

    /// <summary>True for what keeps an index inside its array or a loop short: when a kernel is made smaller, it stays.</summary>
    internal bool IsBound { get; init; }

    /// <summary>The operands; the elements may be exchanged for others of the same type.</summary>
    internal Expression[] Operands { get; }

    internal void Write(StringBuilder text)
    {
        for (int i = 0; i < _format.Length; i++)
        {
            if (_format[i] == '$')
            {
                Operands[_format[++i] - '0'].Write(text);
            }
            else
            {
                text.Append(_format[i]);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        StringBuilder text = new();
        Write(text);
        return text.ToString();
    }
}
