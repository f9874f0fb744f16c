using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Recurrent;

/// <summary><see cref="StepNodeBackward"/> for devices that compute with vectors in one thread: neighbouring units of a row together.</summary>
public static class VectorNodeBackward
{
    /// <summary>Turns the gradients of what the node wrote into the gradients of what it read.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TLane">The device's vector.</typeparam>
    /// <remarks>
    /// Groups of one thread: X over rows, Y over vectors of units. All else is as <see cref="StepNodeBackward"/> says, but that no value is a sum
    /// over the row.
    /// </remarks>
    public static void Backward<TNode, TLane>(
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
        where TLane : struct, IVectorReal<TLane>
    {
        int row = Grid.IdxX;
        int unit = Grid.IdxY * TLane.Count;
        Slots<TLane> slots = new()
        {
            Inputs = inputs.BaseView,
            States = states.BaseView,
            Values = values.BaseView,
            Parameters = parameters.BaseView,
            InputGradients = inputGradients.BaseView,
            ProductGradients = productGradients.BaseView,
            StateGradients = stateGradients.BaseView,
            ValueGradients = valueGradients.BaseView,
            ParameterGradients = parameterGradients.BaseView,
            Table = table,
            Unit = unit,
            Count = width - unit,
            Row = row,
            InputRow = inputRow + row,
            PreviousRow = previousRow + row,
            NextRow = nextRow + row,
            ValueRow = valueRow + row,
            ProductRow = productRow + row,
        };
        TNode.Backward<TLane, Slots<TLane>>(ref slots);
    }

    /// <summary>The kernel for a node and lanes of 4, 8 or 16 numbers.</summary>
    public static MethodInfo Close(Type node, int lanes) =>
        typeof(VectorNodeBackward).GetMethod(nameof(Backward))!.MakeGenericMethod(node, new TileShape(1, 1, lanes).LaneType);

    /// <summary>The node with the most code.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => [Close(KernelCatalog.LongestNode, 16)];

    private struct Slots<TLane> : IStepGradientSlots<TLane>
        where TLane : struct, IVectorReal<TLane>
    {
        public ArrayView<float> Inputs;
        public ArrayView<float> States;
        public ArrayView<float> Values;
        public ArrayView<float> Parameters;
        public ArrayView<float> InputGradients;
        public ArrayView<float> ProductGradients;
        public ArrayView<float> StateGradients;
        public ArrayView<float> ValueGradients;
        public ArrayView<float> ParameterGradients;
        public ArrayView1D<int, Stride1D.Dense> Table;
        public int Unit;
        public int Count;
        public int Row;
        public int InputRow;
        public int PreviousRow;
        public int NextRow;
        public int ValueRow;
        public int ProductRow;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Input(int slot) => Load(Inputs, StepSlotKind.Input, slot, InputRow);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane State(int state) => Load(States, StepSlotKind.PreviousState, state, PreviousRow);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane NextState(int state) => Load(States, StepSlotKind.NextState, state, NextRow);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value(int slot) => Load(Values, StepSlotKind.Value, slot, ValueRow);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Parameter(int slot) => Load(Parameters, StepSlotKind.Parameter, slot, Row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane StateGradient(int state) => Load(StateGradients, StepSlotKind.NextStateGradient, state, Row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ValueGradient(int slot) => Load(ValueGradients, StepSlotKind.ValueGradient, slot, Row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetInputGradient(int slot, TLane value) => Store(InputGradients, StepSlotKind.InputGradient, slot, InputRow, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetProductGradient(int slot, TLane value) => Store(ProductGradients, StepSlotKind.ProductGradient, slot, ProductRow, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddStateGradient(int state, TLane value) => Add(StateGradients, StepSlotKind.PreviousStateGradient, state, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddNextStateGradient(int state, TLane value) => Add(StateGradients, StepSlotKind.NextStateGradient, state, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddValueGradient(int slot, TLane value) => Add(ValueGradients, StepSlotKind.ValueGradient, slot, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddParameterGradient(int slot, TLane value) => Add(ParameterGradients, StepSlotKind.ParameterGradient, slot, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TLane Load(ArrayView<float> memory, StepSlotKind kind, int slot, int row) =>
            TLane.LoadFirst(memory, StepSlotTable.Locate(Table, kind, slot, row, Unit), Count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Store(ArrayView<float> memory, StepSlotKind kind, int slot, int row, TLane value) =>
            TLane.StoreFirst(memory, StepSlotTable.Locate(Table, kind, slot, row, Unit), Count, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(ArrayView<float> memory, StepSlotKind kind, int slot, TLane value) =>
            Store(memory, kind, slot, Row, Load(memory, kind, slot, Row) + value);
    }
}
