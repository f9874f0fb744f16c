using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>Runs one pointwise node of a step graph for the rows of one time step.</summary>
public static class StepNodeForward
{
    /// <summary>Computes the node's values and new states, one (row, unit) a thread.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <remarks>
    /// Threads: row·width + unit, extent rowCount·width. Every slot is found through <see cref="StepSlotTable"/>. Aliasing: a thread
    /// touches the elements of its own row and unit alone, and a node reads a slot before it writes the one of the same number, so the new
    /// state may lie on the old one. Deterministic.
    /// </remarks>
    public static void Forward<TNode>(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> inputs,      // kind Input; not modified
        ArrayView1D<float, Stride1D.Dense> products,    // kind Product; not modified
        ArrayView1D<float, Stride1D.Dense> states,      // kinds PreviousState and NextState
        ArrayView1D<float, Stride1D.Dense> values,      // kind Value
        ArrayView1D<float, Stride1D.Dense> parameters,  // kind Parameter; not modified
        ArrayView1D<int, Stride1D.Dense> table,         // StepSlotTable
        int width,                                      // units of the node
        int inputRow,                                   // first row of the step in inputs
        int previousRow,                                // first row of the states at t−1
        int nextRow,                                    // first row of the states at t
        int valueRow)                                   // first row of the step in values
        where TNode : struct, IStepFunction
    {
        int row = index / width;
        Slots slots = new()
        {
            Inputs = inputs,
            Products = products,
            States = states,
            Values = values,
            Parameters = parameters,
            Table = table,
            Unit = index % width,
            Row = row,
            InputRow = inputRow + row,
            PreviousRow = previousRow + row,
            NextRow = nextRow + row,
            ValueRow = valueRow + row,
        };
        TNode.Forward<F32, Slots>(ref slots);
    }

    private struct Slots : IStepSlots<F32>
    {
        public ArrayView1D<float, Stride1D.Dense> Inputs;
        public ArrayView1D<float, Stride1D.Dense> Products;
        public ArrayView1D<float, Stride1D.Dense> States;
        public ArrayView1D<float, Stride1D.Dense> Values;
        public ArrayView1D<float, Stride1D.Dense> Parameters;
        public ArrayView1D<int, Stride1D.Dense> Table;
        public int Unit;
        public int Row;
        public int InputRow;
        public int PreviousRow;
        public int NextRow;
        public int ValueRow;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Input(int slot) => new(Inputs[StepSlotTable.Locate(Table, StepSlotKind.Input, slot, InputRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Product(int slot) => new(Products[StepSlotTable.Locate(Table, StepSlotKind.Product, slot, Row, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 State(int state) => new(States[StepSlotTable.Locate(Table, StepSlotKind.PreviousState, state, PreviousRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 NextState(int state) => new(States[StepSlotTable.Locate(Table, StepSlotKind.NextState, state, NextRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Value(int slot) => new(Values[StepSlotTable.Locate(Table, StepSlotKind.Value, slot, ValueRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Parameter(int slot) => new(Parameters[StepSlotTable.Locate(Table, StepSlotKind.Parameter, slot, Row, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetState(int state, F32 value) =>
            States[StepSlotTable.Locate(Table, StepSlotKind.NextState, state, NextRow, Unit)] = value.Value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetValue(int slot, F32 value) =>
            Values[StepSlotTable.Locate(Table, StepSlotKind.Value, slot, ValueRow, Unit)] = value.Value;
    }
}
