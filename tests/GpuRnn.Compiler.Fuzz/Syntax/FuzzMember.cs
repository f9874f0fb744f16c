using System.Text;

namespace GpuRnn.Compiler.Fuzz.Syntax;

/// <summary>A method, or a type written as text, beside the kernel.</summary>
/// <param name="Header">The method's head, or the whole type.</param>
/// <param name="Body">The statements; null for a type.</param>
internal sealed record FuzzMember(string Header, List<Statement>? Body)
{
    internal void Write(StringBuilder text)
    {
        text.Append("    ").Append(Header.Replace("\n", "\n    ", StringComparison.Ordinal)).Append('\n');
        if (Body is not null)
        {
            text.Append("    {\n        unchecked\n        {\n");
            Statement.Write(Body, text, 3);
            text.Append("        }\n    }\n");
        }

        text.Append('\n');
    }
}
