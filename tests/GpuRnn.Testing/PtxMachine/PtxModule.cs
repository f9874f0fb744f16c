using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>The entries of a PTX text, taken apart into instructions that <see cref="PtxGroup"/> can run.</summary>
/// <remarks>It reads what the compiler writes: one instruction or declaration a line. Anything else is an error, not ignored.</remarks>
public sealed partial class PtxModule
{
    private readonly Dictionary<string, PtxEntry> _entries = [];

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">A line is none that this class knows.</exception>
    public PtxModule(string text)
    {
        PtxEntry? entry = null;
        foreach (string raw in text.Split('\n'))
        {
            string line = Comment().Replace(raw, "").Trim();
            if (Entry().Match(line) is { Success: true } header)
            {
                entry = new PtxEntry(header.Groups[1].Value);
                _entries.Add(entry.Name, entry);
            }
            else if (line.Length > 0 && line is not ("{" or "}") && !Header().IsMatch(line))
            {
                Read(entry ?? throw new FormatException($"PtxModule: '{line}' stands outside an entry."), line);
            }
        }
    }

    /// <summary>The entries by name.</summary>
    public IReadOnlyDictionary<string, PtxEntry> Entries => _entries;

    private static void Read(PtxEntry entry, string line)
    {
        if (Parameter().Match(line) is { Success: true } parameter)
        {
            entry.AddParameter(parameter.Groups[2].Value, parameter.Groups[1].Value);
        }
        else if (ArrayDeclaration().Match(line) is { Success: true } array)
        {
            entry.AddArray(array.Groups[1].Value, array.Groups[2].Value, int.Parse(array.Groups[3].Value, CultureInfo.InvariantCulture));
        }
        else if (Label().Match(line) is { Success: true } label)
        {
            entry.AddLabel(label.Groups[1].Value);
        }
        else if (Instruction().Match(line) is { Success: true } instruction)
        {
            string[] operands = [.. Operand().Matches(instruction.Groups[4].Value).Select(match => match.Value.Trim())];
            bool? isNegated = instruction.Groups[2].Success ? instruction.Groups[1].Value == "!" : null;
            entry.AddInstruction(new PtxInstruction(line, isNegated, instruction.Groups[2].Value, instruction.Groups[3].Value.Split('.'), operands));
        }
        else if (Bound().Match(line) is { Success: true } bound)
        {
            entry.MaximumGroupSize = int.Parse(bound.Groups[1].Value, CultureInfo.InvariantCulture);
        }
        else if (!Ignored().IsMatch(line))
        {
            throw new FormatException($"PtxModule: '{line}' is no line that this reader knows. Teach it the line, with the PTX manual's meaning.");
        }
    }

    [GeneratedRegex("//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\.visible \.entry (\w+)\($")]
    private static partial Regex Entry();

    [GeneratedRegex(@"^\.(version|target|address_size|extern) ")]
    private static partial Regex Header();

    [GeneratedRegex(@"^\.param \.(\w+)(?: \.ptr \.global \.align \d+)? (\w+)[,)]")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\.(shared|local) \.align \d+ \.b8 (\w+)\[(\d+)\];$")]
    private static partial Regex ArrayDeclaration();

    [GeneratedRegex(@"^(\$\w+):$")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(?:@(!?)(%\w+) +)?([a-z][\w.]*) *(.*);$")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|[^,\s{\[]+")]
    private static partial Regex Operand();

    [GeneratedRegex(@"^\.maxntid (\d+), 1, 1$")]
    private static partial Regex Bound();

    [GeneratedRegex(@"^\.reg |^\.minnctapersm \d+$|^\)$")]
    private static partial Regex Ignored();
}
