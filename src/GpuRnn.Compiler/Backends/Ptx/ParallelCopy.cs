namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Orders copies that all happen at once so that they may be made one after the other.</summary>
/// <remarks>
/// A copy whose target nobody still reads is made at once. What remains are cycles of registers that change places; one temporary register
/// opens each (Boissinot et al. 2009, "Revisiting out-of-SSA translation").
/// </remarks>
internal static class ParallelCopy
{
    /// <param name="copies">Each target once; sources may repeat.</param>
    /// <param name="temporary">A new register for the value of the given one.</param>
    internal static IReadOnlyList<(string Target, string Source)> Sequence(
        IEnumerable<(string Target, string Source)> copies, Func<string, string> temporary)
    {
        List<(string Target, string Source)> open = [.. copies.Where(copy => copy.Target != copy.Source)];
        List<(string Target, string Source)> ordered = [];
        while (open.Count > 0)
        {
            int free = open.FindIndex(copy => !open.Exists(other => other.Source == copy.Target));
            if (free >= 0)
            {
                ordered.Add(open[free]);
                open.RemoveAt(free);
                continue;
            }

            string blocked = open[0].Target;
            string kept = temporary(blocked);
            ordered.Add((kept, blocked));
            for (int i = 0; i < open.Count; i++)
            {
                open[i] = open[i].Source == blocked ? (open[i].Target, kept) : open[i];
            }
        }

        return ordered;
    }
}
