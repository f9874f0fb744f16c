using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>One time step of a cell in one launch: its product with the previous state and its pointwise node.</summary>
public static class FusedStepForward
{
    /// <summary>Computes new states and values of one step.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TRows">The tile's rows.</typeparam>
    /// <typeparam name="TLane">The device's vector: neighbouring units.</typeparam>
    /// <typeparam name="TBlocks">The gates of these units.</typeparam>
    /// <remarks>
    /// Groups of one thread: X over tiles of rows, Y over tiles of units; one thread, one tile. The sums of a unit's gates stay in the
    /// registers of the thread that then runs the node, so nothing of the product is ever written. The product reads state 0 at t−1 of all
    /// units, which lies in other rows than state 0 at t; everything else a thread touches belongs to its own rows and units. A row below
    /// <c>carried</c> has its state at t−1 in the history, the others in the initial states. Deterministic; the rows of a launch and the
    /// tile change no bit.
    /// </remarks>
    public static void Forward<TNode, TRows, TLane, TBlocks>(
        ArrayView<float> panels,    // PackPanels of the weight, a block a gate; not modified
        ArrayView<float> inputs,    // [rows, slots·width] by its stride; not modified
        ArrayView<float> initial0,  // state 0 before the loop, [B, width]; not modified
        ArrayView<float> initial1,  // state 1 before the loop, [B, width]; not modified, not read by a cell of one state
        ArrayView<float> states0,   // history of state 0 by its stride
        ArrayView<float> states1,   // history of state 1 by its stride
        ArrayView<float> values0,   // history of value 0 by its stride, likewise the others; written only if keepsValues
        ArrayView<float> values1,
        ArrayView<float> values2,
        ArrayView<float> values3,
        ArrayView<float> vector0,   // learned vectors, [width] each; not modified, not read by a node of fewer
        ArrayView<float> vector1,
        ArrayView<float> vector2,
        int width,                  // units
        int inputStride,
        int stateStride0,
        int stateStride1,
        int valueStride0,
        int valueStride1,
        int valueStride2,
        int valueStride3,
        int keepsValues,            // 1 to write values, else 0
        int firstRow,               // the step's first row in inputs and histories
        int rowCount,               // rows of the step
        int previousRow,            // first row of the step that ran before
        int carried)                // rows of this step that ran before
        where TNode : struct, IStepNode
        where TRows : struct, IRows<TRows, TLane, TBlocks>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
    {
        Frame<TNode, TLane, TBlocks> frame = new()
        {
            Inputs = inputs,
            Initial0 = initial0,
            Initial1 = initial1,
            States0 = states0,
            States1 = states1,
            Values0 = values0,
            Values1 = values1,
            Values2 = values2,
            Values3 = values3,
            Vector0 = vector0,
            Vector1 = vector1,
            Vector2 = vector2,
            Width = width,
            InputStride = inputStride,
            StateStride0 = stateStride0,
            StateStride1 = stateStride1,
            ValueStride0 = valueStride0,
            ValueStride1 = valueStride1,
            ValueStride2 = valueStride2,
            ValueStride3 = valueStride3,
            KeepsValues = keepsValues,
            FirstRow = firstRow,
            Rows = rowCount,
            PreviousRow = previousRow,
            Carried = carried,
            Unit = Grid.IdxY * TLane.Count,
        };
        PackedProduct.Run<Frame<TNode, TLane, TBlocks>, TRows, TLane, TBlocks>(
            ref frame, panels, Grid.IdxY, Grid.IdxX * TRows.Count, width, 1);
    }

    /// <summary>The kernel for a node and a tile whose blocks are the gates of the node's product.</summary>
    public static MethodInfo Close(Type node, TileShape tile) => typeof(FusedStepForward).GetMethod(nameof(Forward))!
        .MakeGenericMethod(node, tile.RowsType, tile.LaneType, tile.BlocksType);

    /// <summary>The kernel for every node, with the tile of the widest vectors and the most gates.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => KernelCatalog.Nodes.Select(node => Close(node, TileTable.Step(16, 4, 4)));

    private struct Frame<TNode, TLane, TBlocks> : IRowSource, IRowSink<TBlocks>
        where TNode : struct, IStepNode
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
    {
        public ArrayView<float> Inputs;
        public ArrayView<float> Initial0;
        public ArrayView<float> Initial1;
        public ArrayView<float> States0;
        public ArrayView<float> States1;
        public ArrayView<float> Values0;
        public ArrayView<float> Values1;
        public ArrayView<float> Values2;
        public ArrayView<float> Values3;
        public ArrayView<float> Vector0;
        public ArrayView<float> Vector1;
        public ArrayView<float> Vector2;
        public int Width;
        public int InputStride;
        public int StateStride0;
        public int StateStride1;
        public int ValueStride0;
        public int ValueStride1;
        public int ValueStride2;
        public int ValueStride3;
        public int KeepsValues;
        public int FirstRow;
        public int Rows;
        public int PreviousRow;
        public int Carried;
        public int Unit;

        public int RowCount
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Rows;
        }

        // Rows of the last tile that are beyond the last row read that one; their sums are thrown away.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Find(int row, out ArrayView<float> memory, out int start)
        {
            int existing = row < Rows ? row : Rows - 1;
            if (existing < Carried)
            {
                memory = States0;
                start = (PreviousRow + existing) * StateStride0;
            }
            else
            {
                memory = Initial0;
                start = existing * Width;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int row, TBlocks sums)
        {
            bool isCarried = row < Carried;
            Slots<TLane, TBlocks> slots = new()
            {
                Inputs = Inputs,
                Previous0 = isCarried ? States0 : Initial0,
                Previous1 = isCarried ? States1 : Initial1,
                States0 = States0,
                States1 = States1,
                Values0 = Values0,
                Values1 = Values1,
                Values2 = Values2,
                Values3 = Values3,
                Vector0 = Vector0,
                Vector1 = Vector1,
                Vector2 = Vector2,
                Products = sums,
                Width = Width,
                Unit = Unit,
                Count = Width - Unit,
                KeepsValues = KeepsValues,
                InputAt = ((FirstRow + row) * InputStride) + Unit,
                PreviousAt0 = (isCarried ? (PreviousRow + row) * StateStride0 : row * Width) + Unit,
                PreviousAt1 = (isCarried ? (PreviousRow + row) * StateStride1 : row * Width) + Unit,
                StateAt0 = ((FirstRow + row) * StateStride0) + Unit,
                StateAt1 = ((FirstRow + row) * StateStride1) + Unit,
                ValueAt0 = ((FirstRow + row) * ValueStride0) + Unit,
                ValueAt1 = ((FirstRow + row) * ValueStride1) + Unit,
                ValueAt2 = ((FirstRow + row) * ValueStride2) + Unit,
                ValueAt3 = ((FirstRow + row) * ValueStride3) + Unit,
            };
            TNode.Forward<TLane, Slots<TLane, TBlocks>>(ref slots);
        }
    }

    private struct Slots<TLane, TBlocks> : IStepSlots<TLane>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
    {
        public ArrayView<float> Inputs;
        public ArrayView<float> Previous0;
        public ArrayView<float> Previous1;
        public ArrayView<float> States0;
        public ArrayView<float> States1;
        public ArrayView<float> Values0;
        public ArrayView<float> Values1;
        public ArrayView<float> Values2;
        public ArrayView<float> Values3;
        public ArrayView<float> Vector0;
        public ArrayView<float> Vector1;
        public ArrayView<float> Vector2;
        public TBlocks Products;
        public int Width;
        public int Unit;
        public int Count;
        public int KeepsValues;
        public int InputAt;
        public int PreviousAt0;
        public int PreviousAt1;
        public int StateAt0;
        public int StateAt1;
        public int ValueAt0;
        public int ValueAt1;
        public int ValueAt2;
        public int ValueAt3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Input(int slot) => TLane.LoadFirst(Inputs, InputAt + (slot * Width), Count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Product(int slot) => TBlocks.Block(Products, slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane State(int state) =>
            state == 0 ? TLane.LoadFirst(Previous0, PreviousAt0, Count) : TLane.LoadFirst(Previous1, PreviousAt1, Count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane NextState(int state) =>
            state == 0 ? TLane.LoadFirst(States0, StateAt0, Count) : TLane.LoadFirst(States1, StateAt1, Count);

        // A graph of one node has no values of an earlier one.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value(int slot) => TLane.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Parameter(int slot) => slot switch
        {
            0 => TLane.LoadFirst(Vector0, Unit, Count),
            1 => TLane.LoadFirst(Vector1, Unit, Count),
            _ => TLane.LoadFirst(Vector2, Unit, Count),
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetState(int state, TLane value)
        {
            if (state == 0)
            {
                TLane.StoreFirst(States0, StateAt0, Count, value);
            }
            else
            {
                TLane.StoreFirst(States1, StateAt1, Count, value);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetValue(int slot, TLane value)
        {
            if (KeepsValues != 0)
            {
                Keep(slot, value);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Keep(int slot, TLane value)
        {
            switch (slot)
            {
                case 0:
                    TLane.StoreFirst(Values0, ValueAt0, Count, value);
                    break;
                case 1:
                    TLane.StoreFirst(Values1, ValueAt1, Count, value);
                    break;
                case 2:
                    TLane.StoreFirst(Values2, ValueAt2, Count, value);
                    break;
                default:
                    TLane.StoreFirst(Values3, ValueAt3, Count, value);
                    break;
            }
        }
    }
}
