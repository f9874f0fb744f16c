using System;
using System.Collections.Generic;
using System.Reflection;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>All steps of a cell whose units hear only their own past, in one launch: no product, so no thread waits for another.</summary>
public static class UnitLoopForward
{
    /// <summary>Computes all states and values of all steps.</summary>
    /// <typeparam name="TNode">The only node of a step, with its formula.</typeparam>
    /// <typeparam name="TLane">The device's vector: neighbouring units.</typeparam>
    /// <remarks>
    /// Threads: number = row·vectors + vector of units, groups of any size. A thread runs its row's steps from the first to the last, or the other
    /// way round, and touches the elements of its own row and units alone. Slots are found through <see cref="StepSlotTable"/>, states in views
    /// of their own; rows of histories are the layout's packed rows. Deterministic.
    /// </remarks>
    public static void Forward<TNode, TLane>(
        ArrayView<float> inputs,                 // kind Input; not modified
        ArrayView<float> initial0,               // kind InitialState; not modified
        ArrayView<float> initial1,
        ArrayView<float> initial2,
        ArrayView<float> states0,                // kind NextState; the kind PreviousState lies there too
        ArrayView<float> states1,
        ArrayView<float> states2,
        ArrayView<float> values,                 // kind Value
        ArrayView<float> parameters,             // kind Parameter; not modified
        ArrayView1D<int, Stride1D.Dense> table,
        ArrayView1D<int, Stride1D.Dense> steps,  // the first packed row of each step, then the steps of each row
        int width,                               // units
        int vectors,                             // vectors of a row
        int rowCount,                            // rows that have a step
        int timeSteps,
        int isReverse,                           // 1 to run from the last step to the first
        int keepsValues)                         // 1 where values has all packed rows, 0 where it has one for each row of the batch
        where TNode : struct, IStepNode
        where TLane : struct, IVectorReal<TLane>
    {
        int number = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int row = number / vectors;
        int unit = (number % vectors) * TLane.Count;
        if (row < rowCount)
        {
            VectorSlots<TLane> slots = new()
            {
                Inputs = inputs,
                Products = inputs,
                Initial0 = initial0,
                Initial1 = initial1,
                Initial2 = initial2,
                States0 = states0,
                States1 = states1,
                States2 = states2,
                Values = values,
                Parameters = parameters,
                Table = table,
                Unit = unit,
                Count = width - unit,
                Row = row,
            };
            int length = steps[timeSteps + row];
            int packed = 0;
            for (int order = 0; order < length; order++)
            {
                slots.IsCarried = order > 0;
                slots.PreviousRow = packed;
                packed = steps[isReverse != 0 ? length - 1 - order : order] + row;
                slots.InputRow = packed;
                slots.NextRow = packed;
                slots.ValueRow = keepsValues != 0 ? packed : row;
                TNode.Forward<TLane, VectorSlots<TLane>>(ref slots);
            }
        }
    }

    /// <summary>The kernel for a node and lanes of 1, 4, 8 or 16 numbers.</summary>
    public static MethodInfo Close(Type node, int lanes) =>
        typeof(UnitLoopForward).GetMethod(nameof(Forward))!.MakeGenericMethod(node, new TileShape(1, 1, lanes).LaneType);

    /// <summary>With vectors and without.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        [Close(KernelCatalog.UnitNode, 16), Close(KernelCatalog.UnitNode, 1)];
}
