using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Refuses loops that wait for another group in a kernel that does not say that its groups wait for each other.</summary>
/// <remarks>
/// A loop waits when an acquire inside it decides whether it ends. Waiting by compare-exchange, or by a plain load, is not found here: the
/// language promises no order for either.
/// </remarks>
internal static class Waits
{
    /// <exception cref="KernelNotSupportedException">GK0023: such a loop.</exception>
    internal static void Run(IrFunction function)
    {
        if (function.IsCooperative || !function.Instructions.Any(one => one.Opcode == IrOpcode.LoadAcquire))
        {
            return;
        }

        ILookup<IrBlock, IrEdge> incoming = function.Blocks.SelectMany(block => block.Edges).ToLookup(edge => edge.Target);
        foreach (HashSet<IrBlock> body in new ControlFlow(function).Loops().Values)
        {
            IEnumerable<IrValue> exits = body
                .Where(block => block.Condition is not null && block.Edges.Exists(edge => !body.Contains(edge.Target)))
                .Select(block => block.Condition!);
            if (FindAcquire(exits, body, incoming) is IrInstruction acquire)
            {
                throw Refusal.Wait(acquire.Source is null ? function.Name : $"{function.Name} at {acquire.Source}");
            }
        }
    }

    private static IrInstruction? FindAcquire(IEnumerable<IrValue> conditions, HashSet<IrBlock> body, ILookup<IrBlock, IrEdge> incoming)
    {
        HashSet<IrValue> seen = [];
        Stack<IrValue> open = new(conditions);
        while (open.TryPop(out IrValue? value))
        {
            switch (value)
            {
                case var _ when !seen.Add(value):
                    break;
                case IrInstruction { Opcode: IrOpcode.LoadAcquire } acquire when body.Contains(acquire.Block!):
                    return acquire;
                case IrInstruction instruction:
                    Array.ForEach(instruction.Operands, open.Push);
                    break;
                case IrBlockParameter parameter:
                    int position = parameter.Block.Parameters.IndexOf(parameter);
                    incoming[parameter.Block].ToList().ForEach(edge => open.Push(edge.Arguments[position]));
                    break;
            }
        }

        return null;
    }
}
