using System.Text;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Collects the lines of a kernel's body; a label that nobody jumps to is left out in the end.</summary>
internal sealed class PtxText
{
    private readonly List<(string Text, bool IsLabel)> _lines = [];
    private readonly HashSet<string> _targets = [];
    private string? _source;

    /// <summary>The predicate under which the next instructions run, for example <c>@%p1</c>; null for always.</summary>
    internal string? Guard { get; set; }

    /// <summary>True when <see cref="Guard"/> is for accesses to memory alone.</summary>
    /// <remarks>
    /// What only computes runs always: a register that is written under a predicate keeps its old number otherwise, so an assembler must hold it around
    /// every loop about it.
    /// </remarks>
    internal bool GuardsAccessesAlone { get; set; }

    internal void Instruction(string operation, params IEnumerable<string> operands)
    {
        bool isFree = Guard is null || (GuardsAccessesAlone && !operation.StartsWith("ld.", StringComparison.Ordinal) && !operation.StartsWith("st.", StringComparison.Ordinal));
        string guarded = isFree ? operation : $"{Guard} {operation}";
        string list = string.Join(", ", operands);
        _lines.Add((list.Length == 0 ? $"    {guarded};" : $"    {guarded,-19} {list};", false));
    }

    internal void Jump(string label, string? condition = null)
    {
        _targets.Add(label);
        _lines.Add((condition is null ? $"    {"bra.uni",-19} {label};" : $"    {$"{condition} bra",-19} {label};", false));
    }

    internal void Label(string label) => _lines.Add((label, true));

    /// <summary>Notes the C# line from which the next instructions come, where it changes.</summary>
    internal void Source(string? source)
    {
        if (source is not null && source != _source)
        {
            _source = source;
            _lines.Add(($"    // {source}", false));
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((string line, bool isLabel) in _lines)
        {
            if (!isLabel)
            {
                text.Append(line).Append('\n');
            }
            else if (_targets.Contains(line))
            {
                text.Append(line).Append(":\n");
            }
        }

        return text.ToString();
    }
}
