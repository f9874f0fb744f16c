using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Takes the index of a one-dimensional kernel apart into a row and a position in it, where the kernel itself divides by an argument.</summary>
/// <remarks>
/// A kernel over rows computes <c>index / width</c> and <c>index % width</c>. Run as a loop over rows around a loop over positions, both need no
/// division, the row is the same in a whole vector, and neighbours stay neighbours. The launch chooses: it takes this form when the
/// width is at least a vector, and the plain one otherwise, where a width of 0 also fails as it does in C#.
/// </remarks>
internal static class RowSplit
{
    /// <summary>The argument by which the kernel divides its index, most often if there are several; null when it divides by none.</summary>
    internal static IrParameter? WidthOf(IrFunction function) => function.LaunchDimensions != 1
        ? null
        : function.Instructions.Where(IsPart).GroupBy(one => (IrParameter)one.Operands[1])
            .OrderByDescending(uses => uses.Count()).ThenBy(uses => function.Parameters.IndexOf(uses.Key))
            .Select(uses => uses.Key).FirstOrDefault();

    /// <summary>Makes X the position and Y the row, in place.</summary>
    internal static void Run(IrFunction function, IrParameter width)
    {
        IrInstruction row = Query(function, WorkItemQuery.LaunchIndexY);
        IrInstruction position = Query(function, WorkItemQuery.LaunchIndexX);
        IrInstruction start = new(IrOpcode.Multiply, IrType.I32, function.NextId(), [row, width]);
        IrInstruction index = new(IrOpcode.Add, IrType.I32, function.NextId(), [start, position]);
        Dictionary<IrValue, IrValue> replacements = [];
        foreach (IrBlock block in function.Blocks)
        {
            foreach (IrInstruction instruction in block.Instructions.ToArray())
            {
                IrValue? replacement = IsIndex(instruction) ? index
                    : IsPart(instruction) && instruction.Operands[1] == width ? instruction.Opcode == IrOpcode.Divide ? row : position
                    : null;
                if (replacement is not null)
                {
                    block.Instructions.Remove(instruction);
                    replacements[instruction] = replacement;
                }
            }
        }

        function.Replace(replacements);
        IrInstruction[] first = [row, position, start, index];
        Array.ForEach(first, instruction => instruction.Block = function.Entry);
        function.Entry.Instructions.InsertRange(0, first);
    }

    private static IrInstruction Query(IrFunction function, WorkItemQuery query) =>
        new(IrOpcode.WorkItem, IrType.I32, function.NextId(), []) { Immediate = (int)query };

    private static bool IsIndex(IrValue value) => value is IrInstruction { Opcode: IrOpcode.WorkItem, Immediate: (int)WorkItemQuery.LaunchIndexX };

    private static bool IsPart(IrInstruction instruction) => instruction.Opcode is IrOpcode.Divide or IrOpcode.Remainder
        && instruction.Type == IrType.I32 && instruction.Operands[1] is IrParameter && IsIndex(instruction.Operands[0]);
}
