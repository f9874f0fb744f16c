using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Blocks that lanes pass on different ways, from where they part to where they meet; run one after the other, each for the lanes in it.</summary>
/// <param name="Blocks">In an order in which a block stands behind those that lead to it, and a loop's blocks stand together.</param>
/// <param name="Meeting">Where all lanes go on together; null when the kernel ends first.</param>
/// <param name="LastOf">The last block of each loop, by its header.</param>
internal sealed record LaneSection(IReadOnlyList<IrBlock> Blocks, IrBlock? Meeting, IReadOnlyDictionary<IrBlock, IrBlock> LastOf)
{
    /// <summary>The sections of a region.</summary>
    /// <param name="region">The region.</param>
    /// <param name="split">The kernel's regions.</param>
    /// <param name="divergence">What differs between lanes.</param>
    /// <param name="obstacle">Why masks cannot run one of them; null when they can.</param>
    internal static List<LaneSection> Find(KernelRegion region, RegionSplit split, LaneDivergence divergence, out string? obstacle)
    {
        obstacle = null;
        List<HashSet<IrBlock>> groups = [];
        foreach ((IrBlock branch, HashSet<IrBlock> between) in divergence.Between)
        {
            // Where lanes meet may lie in a section of its own: a loop that they leave apart, say.
            HashSet<IrBlock> together = [.. between.Append(branch).SelectMany(block => block.Edges).Select(edge => edge.Target).Concat(between).Append(branch)];
            together.RemoveWhere(block => !divergence.IsPartial(block) || !region.Blocks.Contains(block));
            if (!region.Blocks.Contains(branch) || together.Count == 0)
            {
                continue;
            }

            foreach (HashSet<IrBlock> other in groups.Where(group => group.Overlaps(together)).ToArray())
            {
                together.UnionWith(other);
                groups.Remove(other);
            }

            groups.Add(together);
        }

        List<LaneSection> sections = [];
        foreach (HashSet<IrBlock> group in groups)
        {
            IrBlock[] meetings = [.. group.Concat(divergence.Between.Where(pair => pair.Value.Overlaps(group)).Select(pair => pair.Key))
                .SelectMany(block => block.Edges).Select(edge => edge.Target).Where(target => !group.Contains(target)).Distinct()];
            bool crosses = group.SelectMany(block => block.Edges).Any(edge => split.Crossing(edge) is not null);
            bool cutsLoop = divergence.Loops.Any(loop => group.Contains(loop.Key) && !group.IsSupersetOf(loop.Value));
            if (meetings.Length > 1 || crosses || cutsLoop || (meetings.Length == 1 && group.Any(block => block.Edges.Count == 0)))
            {
                obstacle = "the ways of neighbouring work-items meet in several places";
                return [];
            }

            (List<IrBlock> blocks, Dictionary<IrBlock, IrBlock> lastOf) = Order(group, split.Flow, divergence);
            sections.Add(new LaneSection(blocks, meetings.FirstOrDefault(), lastOf));
        }

        return sections;
    }

    // Moving what does not belong to a loop behind it keeps every edge but those back to a header pointing forward.
    private static (List<IrBlock> Blocks, Dictionary<IrBlock, IrBlock> LastOf) Order(
        HashSet<IrBlock> group, ControlFlow flow, LaneDivergence divergence)
    {
        List<IrBlock> blocks = [.. flow.Blocks.Where(group.Contains)];
        Dictionary<IrBlock, IrBlock> lastOf = [];
        foreach ((IrBlock header, HashSet<IrBlock> body) in divergence.Loops.Where(loop => group.Contains(loop.Key))
            .OrderByDescending(loop => loop.Value.Count))
        {
            int start = blocks.IndexOf(header);
            IrBlock[] behind = [.. blocks.Skip(start)];
            blocks.RemoveRange(start, behind.Length);
            blocks.AddRange(behind.Where(body.Contains));
            lastOf[header] = blocks[^1];
            blocks.AddRange(behind.Where(block => !body.Contains(block)));
        }

        // A loop inside another may have moved the other's last block.
        foreach (IrBlock header in lastOf.Keys.ToArray())
        {
            lastOf[header] = blocks.FindLast(divergence.Loops[header].Contains)!;
        }

        return (blocks, lastOf);
    }
}
