using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Finds how often a loop runs by running what its test depends on.</summary>
internal static class TripCount
{
    /// <summary>How often the test at the end of <paramref name="exit"/> is made until it leaves the loop.</summary>
    /// <param name="function">The function.</param>
    /// <param name="header">The loop's header.</param>
    /// <param name="body">The loop's blocks.</param>
    /// <param name="exit">A block that every round passes.</param>
    /// <param name="most">The largest count that is of interest.</param>
    /// <returns>Null when it depends on what is known only at run time, or exceeds <paramref name="most"/>.</returns>
    internal static int? Find(IrFunction function, IrBlock header, HashSet<IrBlock> body, IrBlock exit, int most)
    {
        List<IrEdge> entries = [];
        List<IrEdge> latches = [];
        foreach (IrBlock block in function.Blocks)
        {
            (body.Contains(block) ? latches : entries).AddRange(block.Edges.Where(edge => edge.Target == header));
        }

        Dictionary<IrValue, IrConstant> known = [];
        Dictionary<IrValue, IrConstant> next = Arguments(header, entries, known);
        for (int count = 1; count <= most; count++)
        {
            known = next;
            if (Evaluate(exit.Condition!, known, 0) is not IrConstant test)
            {
                return null;
            }

            if (!body.Contains(exit.Edges[test.Bits != 0 ? 0 : 1].Target))
            {
                return count;
            }

            next = Arguments(header, latches, known);
        }

        return null;
    }

    // The header's parameters that get one known number from all edges.
    private static Dictionary<IrValue, IrConstant> Arguments(IrBlock header, List<IrEdge> edges, Dictionary<IrValue, IrConstant> known)
    {
        Dictionary<IrValue, IrConstant> arguments = [];
        for (int i = 0; i < header.Parameters.Count; i++)
        {
            IrConstant?[] values = [.. edges.Select(edge => Evaluate(edge.Arguments[i], known, 0))];
            if (values is [IrConstant first, ..] && Array.TrueForAll(values, value => value is not null && value.SameAs(first)))
            {
                arguments[header.Parameters[i]] = first;
            }
        }

        return arguments;
    }

    private static IrConstant? Evaluate(IrValue value, Dictionary<IrValue, IrConstant> known, int depth)
    {
        const int MaximumDepth = 16;
        switch (value)
        {
            case IrConstant constant:
                return constant;
            case IrInstruction { IsPure: true, Operands.Length: > 0 } instruction when depth < MaximumDepth:
                IrConstant?[] operands = Array.ConvertAll(instruction.Operands, operand => Evaluate(operand, known, depth + 1));
                return Array.Exists(operands, operand => operand is null)
                    ? null
                    : Simplifier.Simplify(instruction.Opcode, instruction.Type, operands!, instruction.Immediate) as IrConstant;
            default:
                return known.GetValueOrDefault(value);
        }
    }
}
