using System.Text.RegularExpressions;

namespace GpuRnn.Bench;

/// <summary>A kernel's machine code as <c>nvdisasm</c> prints it, with its loops.</summary>
internal sealed partial class SassListing
{
    /// <summary>Reads the listing of one kernel.</summary>
    public SassListing(string text)
    {
        Dictionary<string, int> labels = [];
        List<string> operations = [];
        List<(int From, string To)> jumps = [];
        foreach (string line in text.Split('\n'))
        {
            if (Label().Match(line) is { Success: true } label)
            {
                labels[label.Groups["name"].Value] = operations.Count;
            }
            else if (Instruction().Match(line) is { Success: true } instruction)
            {
                if (Target().Match(line) is { Success: true } target)
                {
                    jumps.Add((operations.Count, target.Groups["name"].Value));
                }

                operations.Add(instruction.Groups["operation"].Value);
            }
        }

        Operations = operations;
        Loops = [.. jumps.Where(jump => labels.TryGetValue(jump.To, out int to) && to < jump.From)
            .Select(jump => (First: labels[jump.To], Last: jump.From))
            .GroupBy(loop => loop.First).Select(loops => (loops.Key, loops.Max(loop => loop.Last)))];
    }

    /// <summary>The operations with their suffixes, in the order of their addresses.</summary>
    public IReadOnlyList<string> Operations { get; }

    /// <summary>The loops: their first and last operation.</summary>
    public IReadOnlyList<(int First, int Last)> Loops { get; }

    /// <summary>How many operations of a part begin with a name.</summary>
    public int Count(int first, int last, string name) =>
        Enumerable.Range(first, last - first + 1).Count(i => Operations[i] == name || Operations[i].StartsWith(name + ".", StringComparison.Ordinal));

    [GeneratedRegex(@"^(?<name>\.L_x_\d+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?(?<operation>[A-Z][A-Z0-9_.]*)")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"\bBRA[^`]*`\((?<name>\.L_x_\d+)\)")]
    private static partial Regex Target();
}
