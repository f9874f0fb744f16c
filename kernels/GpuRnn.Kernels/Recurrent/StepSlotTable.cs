using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>The table that tells the step node kernels where each slot lies, so that their parameters do not depend on the cell.</summary>
/// <remarks>
/// Layout: one section start for each <see cref="StepSlotKind"/>, then three numbers for each slot (offset, row stride, unit stride),
/// section after section. The same table serves all steps: what changes from step to step are the first rows, which are kernel arguments.
/// </remarks>
public static class StepSlotTable
{
    private const int KindCount = 13;
    private const int EntrySize = 3;

    /// <summary>Builds the table from the slots of each kind, in slot order; a kind that is absent has no slots.</summary>
    /// <remarks>Host code. Copy the result to the device once for each prepared loop.</remarks>
    public static int[] Build(IReadOnlyDictionary<StepSlotKind, IReadOnlyList<StepSlot>> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        List<int> table = new(new int[KindCount]);
        for (int kind = 0; kind < KindCount; kind++)
        {
            table[kind] = table.Count;
            if (!slots.TryGetValue((StepSlotKind)kind, out IReadOnlyList<StepSlot>? entries))
            {
                continue;
            }

            foreach (StepSlot entry in entries)
            {
                table.Add(entry.Offset);
                table.Add(entry.RowStride);
                table.Add(entry.UnitStride);
            }
        }

        return table.ToArray();
    }

    /// <summary>The element number of a slot at one row and unit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Locate(ArrayView1D<int, Stride1D.Dense> table, StepSlotKind kind, int slot, int row, int unit)
    {
        int entry = table[(int)kind] + (slot * EntrySize);
        return table[entry] + (row * table[entry + 1]) + (unit * table[entry + 2]);
    }
}
