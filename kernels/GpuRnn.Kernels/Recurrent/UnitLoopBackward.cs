using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>The gradients of <see cref="UnitLoopForward"/>, all steps in one launch.</summary>
public static class UnitLoopBackward
{
    /// <summary>Computes the gradients of all inputs, of the initial states and, apart by row, of learned vectors.</summary>
    /// <typeparam name="TNode">The only node of a step, with its formula.</typeparam>
    /// <typeparam name="TLane">The device's vector: neighbouring units.</typeparam>
    /// <remarks>
    /// Threads as in <see cref="UnitLoopForward"/>; steps in the opposite order. The gradients of the states stay in the thread's registers from step
    /// to step. Nobody reads a value behind the node, so its gradient is zero. Deterministic.
    /// </remarks>
    public static void Backward<TNode, TLane>(
        ArrayView<float> inputs,                 // kind Input; not modified
        ArrayView<float> initial0,               // kind InitialState; not modified
        ArrayView<float> initial1,
        ArrayView<float> initial2,
        ArrayView<float> states0,                // kinds NextState and PreviousState; not modified
        ArrayView<float> states1,
        ArrayView<float> states2,
        ArrayView<float> values,                 // kind Value; not modified
        ArrayView<float> parameters,             // kind Parameter; not modified
        ArrayView<float> inputGradients,         // kind InputGradient; set
        ArrayView<float> gradients0,             // gradient of the history of state 0 from outside, by its stride; not modified
        ArrayView<float> gradients1,
        ArrayView<float> gradients2,
        ArrayView<float> stateGradients,         // kind NextStateGradient: that of the final state, then that of the initial state
        ArrayView<float> parameterGradients,     // kind ParameterGradient; added to
        ArrayView1D<int, Stride1D.Dense> table,
        ArrayView1D<int, Stride1D.Dense> steps,  // the first packed row of each step, then the steps of each row
        int width,
        int vectors,
        int rowCount,
        int timeSteps,
        int isReverse,
        int stateCount,
        int stride0,                             // of gradients0; 0 where there is none
        int stride1,
        int stride2)
        where TNode : struct, IStepNode
        where TLane : struct, IVectorReal<TLane>
    {
        int number = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int row = number / vectors;
        int unit = (number % vectors) * TLane.Count;
        if (row < rowCount)
        {
            Slots<TLane> slots = new()
            {
                Forward = new VectorSlots<TLane>
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
                },
                InputGradients = inputGradients,
                ParameterGradients = parameterGradients,
                Old0 = Final<TLane>(stateGradients, table, 0, stateCount, row, unit, width),
                Old1 = Final<TLane>(stateGradients, table, 1, stateCount, row, unit, width),
                Old2 = Final<TLane>(stateGradients, table, 2, stateCount, row, unit, width),
            };
            int length = steps[timeSteps + row];
            for (int order = length - 1; order >= 0; order--)
            {
                int packed = steps[isReverse != 0 ? length - 1 - order : order] + row;
                slots.Forward.IsCarried = order > 0;
                if (order > 0)
                {
                    slots.Forward.PreviousRow = steps[isReverse != 0 ? length - order : order - 1] + row;
                }

                slots.Forward.InputRow = packed;
                slots.Forward.NextRow = packed;
                slots.Forward.ValueRow = packed;
                slots.New0 = slots.Old0 + FromOutside<TLane>(gradients0, stride0, packed, unit, width);
                slots.New1 = slots.Old1 + FromOutside<TLane>(gradients1, stride1, packed, unit, width);
                slots.New2 = slots.Old2 + FromOutside<TLane>(gradients2, stride2, packed, unit, width);
                slots.Old0 = TLane.Zero;
                slots.Old1 = TLane.Zero;
                slots.Old2 = TLane.Zero;
                TNode.Backward<TLane, Slots<TLane>>(ref slots);
            }

            Store(stateGradients, table, 0, stateCount, row, unit, width, slots.Old0);
            Store(stateGradients, table, 1, stateCount, row, unit, width, slots.Old1);
            Store(stateGradients, table, 2, stateCount, row, unit, width, slots.Old2);
        }
    }

    /// <summary>The kernel for a node and lanes of 1, 4, 8 or 16 numbers.</summary>
    public static MethodInfo Close(Type node, int lanes) =>
        typeof(UnitLoopBackward).GetMethod(nameof(Backward))!.MakeGenericMethod(node, new TileShape(1, 1, lanes).LaneType);

    /// <summary>With vectors and without.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        [Close(KernelCatalog.UnitNode, 16), Close(KernelCatalog.UnitNode, 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Final<TLane>(
        ArrayView<float> gradients, ArrayView1D<int, Stride1D.Dense> table, int state, int stateCount, int row, int unit, int width)
        where TLane : struct, IVectorReal<TLane>
    {
        TLane gradient = TLane.Zero;
        if (state < stateCount)
        {
            gradient = TLane.LoadFirst(gradients, StepSlotTable.Locate(table, StepSlotKind.NextStateGradient, state, row, unit), width - unit);
        }

        return gradient;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane FromOutside<TLane>(ArrayView<float> gradients, int stride, int packed, int unit, int width)
        where TLane : struct, IVectorReal<TLane>
    {
        TLane gradient = TLane.Zero;
        if (stride != 0)
        {
            gradient = TLane.LoadFirst(gradients, (packed * stride) + unit, width - unit);
        }

        return gradient;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLane>(
        ArrayView<float> gradients, ArrayView1D<int, Stride1D.Dense> table, int state, int stateCount, int row, int unit, int width, TLane gradient)
        where TLane : struct, IVectorReal<TLane>
    {
        if (state < stateCount)
        {
            TLane.StoreFirst(gradients, StepSlotTable.Locate(table, StepSlotKind.NextStateGradient, state, row, unit), width - unit, gradient);
        }
    }

    private struct Slots<TLane> : IStepGradientSlots<TLane>
        where TLane : struct, IVectorReal<TLane>
    {
        public VectorSlots<TLane> Forward;
        public ArrayView<float> InputGradients;
        public ArrayView<float> ParameterGradients;

        // What nodes add to the gradients at t−1, and the whole ones at t.
        public TLane Old0;
        public TLane Old1;
        public TLane Old2;
        public TLane New0;
        public TLane New1;
        public TLane New2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Input(int slot) => Forward.Input(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane State(int state) => Forward.State(state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane NextState(int state) => Forward.NextState(state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value(int slot) => Forward.Value(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Parameter(int slot) => Forward.Parameter(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane StateGradient(int state) => state == 0 ? New0 : state == 1 ? New1 : New2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ValueGradient(int slot) => TLane.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetInputGradient(int slot, TLane value) => TLane.StoreFirst(
            InputGradients, StepSlotTable.Locate(Forward.Table, StepSlotKind.InputGradient, slot, Forward.InputRow, Forward.Unit), Forward.Count, value);

        // A step without a product, so no block of one.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetProductGradient(int slot, TLane value)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddStateGradient(int state, TLane value)
        {
            if (state == 0)
            {
                Old0 += value;
            }
            else if (state == 1)
            {
                Old1 += value;
            }
            else
            {
                Old2 += value;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddNextStateGradient(int state, TLane value)
        {
            if (state == 0)
            {
                New0 += value;
            }
            else if (state == 1)
            {
                New1 += value;
            }
            else
            {
                New2 += value;
            }
        }

        // No node stands before this one whose values it could have read.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddValueGradient(int slot, TLane value)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddParameterGradient(int slot, TLane value)
        {
            int at = StepSlotTable.Locate(Forward.Table, StepSlotKind.ParameterGradient, slot, Forward.Row, Forward.Unit);
            TLane.StoreFirst(ParameterGradients, at, Forward.Count, TLane.LoadFirst(ParameterGradients, at, Forward.Count) + value);
        }
    }
}
