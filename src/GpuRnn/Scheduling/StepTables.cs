using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>Where the slots of a node lie, for every kernel that finds them through a <see cref="StepSlotTable"/>.</summary>
internal static class StepTables
{
    /// <summary>Builds a node's table.</summary>
    /// <param name="graph">The cell's step.</param>
    /// <param name="memory">Bound to the memory of the pass.</param>
    /// <param name="node">The node.</param>
    /// <param name="states">For each state, where its units for this node lie, at t−1 and t.</param>
    /// <param name="initial">The same before the loop, where the kernel has a view of it.</param>
    /// <param name="isBackward">True to find gradients, too.</param>
    public static int[] Build(
        StepGraph graph, StepwiseMemory memory, PointwiseNode node, IReadOnlyList<StepSlot> states, IReadOnlyList<StepSlot> initial, bool isBackward)
    {
        StepSlot[] Inputs(int stride) => [.. graph.InputSlotOffsets.Skip(node.FirstInputSlot).Select(offset => new StepSlot(offset, stride))];
        Dictionary<StepSlotKind, IReadOnlyList<StepSlot>> slots = new()
        {
            [StepSlotKind.Input] = Inputs(memory.AllInputs.RowStride),
            [StepSlotKind.Product] = [.. graph.ProductSlotOffsets.Skip(node.FirstProductSlot).Select(offset => new StepSlot(offset, graph.ProductWidth))],
            [StepSlotKind.PreviousState] = states,
            [StepSlotKind.NextState] = states,
            [StepSlotKind.InitialState] = initial,
            [StepSlotKind.Value] = [.. graph.Values.Select((_, slot) => Value(memory, slot))],
            [StepSlotKind.Parameter] = [.. graph.Parameters.Select((_, slot) => new StepSlot(memory.ParameterOffset(slot), 0))],
        };
        if (isBackward)
        {
            StepSlot[] Gradients(int first) =>
                [.. graph.States.Select((_, state) => new StepSlot(first + memory.StateOffset(state) + node.FirstUnit, 2 * memory.StateWidth))];
            slots[StepSlotKind.InputGradient] = Inputs(memory.AllInputGradients.RowStride);
            slots[StepSlotKind.ProductGradient] = [.. ProductGradients(graph, memory).Skip(node.FirstProductSlot)];
            slots[StepSlotKind.PreviousStateGradient] = Gradients(0);
            slots[StepSlotKind.NextStateGradient] = Gradients(memory.StateWidth);
            slots[StepSlotKind.ValueGradient] =
                [.. graph.Values.Select((_, slot) => new StepSlot(memory.ValueGradientOffset(slot), memory.ValueGradients.Width))];
            slots[StepSlotKind.ParameterGradient] =
                [.. graph.Parameters.Select((_, slot) => new StepSlot(memory.ParameterOffset(slot), memory.ParameterGradients.Width))];
        }

        return StepSlotTable.Build(slots);
    }

    private static StepSlot Value(StepwiseMemory memory, int slot)
    {
        int unitStride = memory.IsRowSum(slot) ? 0 : 1;
        return memory.AllValues is CommonMemory all
            ? new StepSlot(all.Offset(slot), all.Stride(slot), unitStride)
            : new StepSlot(memory.ValueOffset(slot), memory.Values.Width, unitStride);
    }

    // A product's blocks lie side by side, each product's rows by themselves.
    private static IEnumerable<StepSlot> ProductGradients(StepGraph graph, StepwiseMemory memory)
    {
        int number = 0;
        foreach (ProductNode product in graph.StepProducts)
        {
            for (int block = 0; block < product.BlockCount; block++)
            {
                yield return new StepSlot(memory.AllProductGradients!.Offset(number) + (block * product.BlockWidth), memory.AllProductGradients.Stride(number));
            }

            number++;
        }
    }
}
