using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Which values a region computes again instead of keeping them across a barrier.</summary>
internal static class Rematerialisation
{
    // A kept value costs a store and a load for each work-item; so many operations cost no more.
    private const int MaximumOperations = 6;

    /// <summary>True for a value that few operations make out of arguments, the work-item's place and the addresses of arrays.</summary>
    internal static bool IsCheap(IrValue value)
    {
        int budget = MaximumOperations;
        return IsCheap(value, ref budget);
    }

    /// <summary>The cheap values of <paramref name="needed"/> with everything that they are made of, operands first.</summary>
    internal static List<IrInstruction> Order(IEnumerable<IrValue> needed)
    {
        List<IrInstruction> order = [];
        foreach (IrInstruction instruction in needed.OfType<IrInstruction>())
        {
            Add(order, instruction);
        }

        return order;
    }

    private static void Add(List<IrInstruction> order, IrInstruction instruction)
    {
        if (!order.Contains(instruction))
        {
            Array.ForEach([.. instruction.Operands.OfType<IrInstruction>()], operand => Add(order, operand));
            order.Add(instruction);
        }
    }

    private static bool IsCheap(IrValue value, ref int budget)
    {
        switch (value)
        {
            case IrConstant or IrParameter or IrInstruction { Opcode: IrOpcode.WorkItem or IrOpcode.SharedArray or IrOpcode.LocalArray or IrOpcode.DynamicSharedArray }:
                return true;
            case IrInstruction { IsPure: true, MayFault: false } instruction when IsFast(instruction) && --budget >= 0:
                foreach (IrValue operand in instruction.Operands)
                {
                    if (!IsCheap(operand, ref budget))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return false;
        }
    }

    private static bool IsFast(IrInstruction instruction) => instruction.Opcode is not (IrOpcode.Math or IrOpcode.Divide or IrOpcode.DivideUnsigned
        or IrOpcode.Remainder or IrOpcode.RemainderUnsigned);
}
