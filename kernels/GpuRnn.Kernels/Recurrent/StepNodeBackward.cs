using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>Runs the gradient of one pointwise node of a step graph for the rows of one time step.</summary>
public static class StepNodeBackward
{
    /// <summary>Turns the gradients of what the node wrote into the gradients of what it read, one (row, unit) a thread.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <remarks>
    /// <para>
    /// Threads: row·width + unit, extent rowCount·width. Every slot is found through <see cref="StepSlotTable"/>. A thread touches the
    /// elements of its own row and unit alone, so nothing is atomic and the result is deterministic.
    /// </para>
    /// <para>
    /// The caller clears what is added to: the gradients at t−1, of values, and of learned vectors. The gradients at t and t−1 must not
    /// overlap. Gradients of learned vectors stay apart by row, gathered over all steps; the caller sums the rows once at the end. For a
    /// value that is a sum over the row, the gradient slot holds one element for each unit, and the caller sums them.
    /// </para>
    /// </remarks>
    public static void Backward<TNode>(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> inputs,              // kind Input; not modified
        ArrayView1D<float, Stride1D.Dense> states,              // kinds PreviousState and NextState; not modified
        ArrayView1D<float, Stride1D.Dense> values,              // kind Value; not modified
        ArrayView1D<float, Stride1D.Dense> parameters,          // kind Parameter; not modified
        ArrayView1D<float, Stride1D.Dense> inputGradients,      // kind InputGradient; set
        ArrayView1D<float, Stride1D.Dense> productGradients,    // kind ProductGradient; set
        ArrayView1D<float, Stride1D.Dense> stateGradients,      // kinds PreviousStateGradient (added to) and NextStateGradient
        ArrayView1D<float, Stride1D.Dense> valueGradients,      // kind ValueGradient; read, and added to
        ArrayView1D<float, Stride1D.Dense> parameterGradients,  // kind ParameterGradient; added to
        ArrayView1D<int, Stride1D.Dense> table,                 // StepSlotTable
        int width,                                              // units of the node
        int inputRow,                                           // first row of the step in inputs and inputGradients
        int previousRow,                                        // first row of the states at t−1
        int nextRow,                                            // first row of the states at t
        int valueRow,                                           // first row of the step in values
        int productRow)                                         // first row of the step in productGradients
        where TNode : struct, IStepNode
    {
        int row = index / width;
        Slots slots = new()
        {
            Inputs = inputs,
            States = states,
            Values = values,
            Parameters = parameters,
            InputGradients = inputGradients,
            ProductGradients = productGradients,
            StateGradients = stateGradients,
            ValueGradients = valueGradients,
            ParameterGradients = parameterGradients,
            Table = table,
            Unit = index % width,
            Row = row,
            InputRow = inputRow + row,
            PreviousRow = previousRow + row,
            NextRow = nextRow + row,
            ValueRow = valueRow + row,
            ProductRow = productRow + row,
        };
        TNode.Backward<F32, Slots>(ref slots);
    }

    private struct Slots : IStepGradientSlots<F32>
    {
        public ArrayView1D<float, Stride1D.Dense> Inputs;
        public ArrayView1D<float, Stride1D.Dense> States;
        public ArrayView1D<float, Stride1D.Dense> Values;
        public ArrayView1D<float, Stride1D.Dense> Parameters;
        public ArrayView1D<float, Stride1D.Dense> InputGradients;
        public ArrayView1D<float, Stride1D.Dense> ProductGradients;
        public ArrayView1D<float, Stride1D.Dense> StateGradients;
        public ArrayView1D<float, Stride1D.Dense> ValueGradients;
        public ArrayView1D<float, Stride1D.Dense> ParameterGradients;
        public ArrayView1D<int, Stride1D.Dense> Table;
        public int Unit;
        public int Row;
        public int InputRow;
        public int PreviousRow;
        public int NextRow;
        public int ValueRow;
        public int ProductRow;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Input(int slot) => new(Inputs[StepSlotTable.Locate(Table, StepSlotKind.Input, slot, InputRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 State(int state) => new(States[StepSlotTable.Locate(Table, StepSlotKind.PreviousState, state, PreviousRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 NextState(int state) => new(States[StepSlotTable.Locate(Table, StepSlotKind.NextState, state, NextRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Value(int slot) => new(Values[StepSlotTable.Locate(Table, StepSlotKind.Value, slot, ValueRow, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Parameter(int slot) => new(Parameters[StepSlotTable.Locate(Table, StepSlotKind.Parameter, slot, Row, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 StateGradient(int state) =>
            new(StateGradients[StepSlotTable.Locate(Table, StepSlotKind.NextStateGradient, state, Row, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 ValueGradient(int slot) =>
            new(ValueGradients[StepSlotTable.Locate(Table, StepSlotKind.ValueGradient, slot, Row, Unit)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetInputGradient(int slot, F32 value) =>
            InputGradients[StepSlotTable.Locate(Table, StepSlotKind.InputGradient, slot, InputRow, Unit)] = value.Value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetProductGradient(int slot, F32 value) =>
            ProductGradients[StepSlotTable.Locate(Table, StepSlotKind.ProductGradient, slot, ProductRow, Unit)] = value.Value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddStateGradient(int state, F32 value) =>
            StateGradients[StepSlotTable.Locate(Table, StepSlotKind.PreviousStateGradient, state, Row, Unit)] += value.Value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddNextStateGradient(int state, F32 value) =>
            StateGradients[StepSlotTable.Locate(Table, StepSlotKind.NextStateGradient, state, Row, Unit)] += value.Value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddValueGradient(int slot, F32 value) =>
            ValueGradients[StepSlotTable.Locate(Table, StepSlotKind.ValueGradient, slot, Row, Unit)] += value.Value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddParameterGradient(int slot, F32 value) =>
            ParameterGradients[StepSlotTable.Locate(Table, StepSlotKind.ParameterGradient, slot, Row, Unit)] += value.Value;
    }
}
