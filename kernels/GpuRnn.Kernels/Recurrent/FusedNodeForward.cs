using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Amendments;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>One node of a time step in one launch, for cells of several nodes: the product in front of it and its pointwise function.</summary>
/// <remarks>A step of one product with state 0 and one node is <see cref="FusedStepForward"/>, which needs no table.</remarks>
public static class FusedNodeForward
{
    /// <summary>Computes the node's new states and values of one step.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TRows">The tile's rows.</typeparam>
    /// <typeparam name="TLane">The device's vector: neighbouring units.</typeparam>
    /// <typeparam name="TBlocks">The blocks of the product.</typeparam>
    /// <typeparam name="TFirst">The node's product slot that the first of them fills.</typeparam>
    /// <remarks>
    /// Groups of one thread: X over tiles of rows, Y over tiles of units; one thread, one tile. The sums stay in the registers of the thread that
    /// then runs the node. Slots are found through <see cref="StepSlotTable"/>, states in views of their own: kind PreviousState in the histories,
    /// rows from <c>previousRow</c> on, for rows below <c>carried</c>, kind InitialState for the others. What the product reads was written by
    /// another launch; everything else a thread touches belongs to its own rows and units. A product of depth 0 gives what the panels begin with.
    /// Deterministic; the rows of a launch and the tile change no bit.
    /// </remarks>
    public static void Forward<TNode, TRows, TLane, TBlocks, TFirst>(
        ArrayView<float> panels,         // PackPanels of the weight, a block a gate; not modified
        ArrayView<float> source,         // the product's left factor, for rows below sourceCarried; not modified
        ArrayView<float> sourceInitial,  // for the others; not modified
        ArrayView<float> inputs,         // kind Input; not modified
        ArrayView<float> products,       // kind Product, rows from 0 on: what other launches multiplied; not modified
        ArrayView<float> initial0,       // kind InitialState; not modified
        ArrayView<float> initial1,
        ArrayView<float> initial2,
        ArrayView<float> states0,        // kinds PreviousState and NextState
        ArrayView<float> states1,
        ArrayView<float> states2,
        ArrayView<float> values,         // kind Value
        ArrayView<float> parameters,     // kind Parameter; not modified
        ArrayView1D<int, Stride1D.Dense> table,
        int width,                       // units
        int depth,                       // terms of the product
        int sourceStride,
        int sourceInitialStride,
        int sourceRow,                   // first row of the step in source
        int sourceCarried,               // rows that lie in source
        int firstRow,                    // the step's first row in inputs and histories
        int rowCount,                    // rows of the step
        int previousRow,                 // first row of the step that ran before
        int carried,                     // rows of this step that ran before
        int valueRow)                    // the step's first row in values
        where TNode : struct, IStepNode
        where TRows : struct, IRows<TRows, TLane, TBlocks>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
        where TFirst : struct, ISlotNumber
    {
        int unit = Grid.IdxY * TLane.Count;
        Frame<TNode, TLane, TBlocks, TFirst> frame = new()
        {
            Source = source,
            SourceInitial = sourceInitial,
            SourceStride = sourceStride,
            SourceInitialStride = sourceInitialStride,
            SourceRow = sourceRow,
            SourceCarried = sourceCarried,
            Rows = rowCount,
            FirstRow = firstRow,
            PreviousRow = previousRow,
            Carried = carried,
            ValueRow = valueRow,
            Slots = new VectorSlots<TLane>
            {
                Inputs = inputs,
                Products = products,
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
            },
        };
        PackedProduct.Run<Frame<TNode, TLane, TBlocks, TFirst>, TRows, TLane, TBlocks>(
            ref frame, panels, Grid.IdxY, Grid.IdxX * TRows.Count, depth, 1);
    }

    /// <summary>The kernel for a node and a tile whose blocks are those of the product in front of it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="firstSlot">A type that implements <see cref="ISlotNumber"/>.</param>
    public static MethodInfo Close(Type node, TileShape tile, Type firstSlot) => typeof(FusedNodeForward).GetMethod(nameof(Forward))!
        .MakeGenericMethod(node, tile.RowsType, tile.LaneType, tile.BlocksType, firstSlot);

    /// <summary>A node with its product in registers, and the shortest, which finds the only product that it reads in memory.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
    [
        Close(KernelCatalog.SeparateNodes.Middle, TileTable.Step(16, 2, 4), typeof(SlotAfter<FirstSlot>)),
        Close(KernelCatalog.SeparateNodes.Shortest, TileTable.Step(16, 1, 4), typeof(SlotAfter<FirstSlot>)),
    ];

    private struct Frame<TNode, TLane, TBlocks, TFirst> : IRowSource, IRowSink<TBlocks>
        where TNode : struct, IStepNode
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
        where TFirst : struct, ISlotNumber
    {
        public ArrayView<float> Source;
        public ArrayView<float> SourceInitial;
        public int SourceStride;
        public int SourceInitialStride;
        public int SourceRow;
        public int SourceCarried;
        public int Rows;
        public int FirstRow;
        public int PreviousRow;
        public int Carried;
        public int ValueRow;
        public VectorSlots<TLane> Slots;

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
            if (existing < SourceCarried)
            {
                memory = Source;
                start = (SourceRow + existing) * SourceStride;
            }
            else
            {
                memory = SourceInitial;
                start = existing * SourceInitialStride;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int row, TBlocks sums)
        {
            VectorSlots<TLane> slots = Slots;
            slots.Row = row;
            slots.InputRow = FirstRow + row;
            slots.IsCarried = row < Carried;
            slots.PreviousRow = PreviousRow + row;
            slots.NextRow = FirstRow + row;
            slots.ValueRow = ValueRow + row;
            Around<TLane, TBlocks, TFirst> around = new()
            {
                Inner = slots,
                Sums = sums,
            };
            TNode.Forward<TLane, Around<TLane, TBlocks, TFirst>>(ref around);
        }
    }

    // The slots of a tile, of which some products lie in registers.
    private struct Around<TLane, TBlocks, TFirst> : IStepSlots<TLane>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
        where TFirst : struct, ISlotNumber
    {
        public VectorSlots<TLane> Inner;
        public TBlocks Sums;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Input(int slot) => Inner.Input(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Product(int slot) => slot >= TFirst.Value && slot < TFirst.Value + TBlocks.Count
            ? TBlocks.Block(Sums, slot - TFirst.Value)
            : Inner.Product(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane State(int state) => Inner.State(state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane NextState(int state) => Inner.NextState(state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value(int slot) => Inner.Value(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Parameter(int slot) => Inner.Parameter(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetState(int state, TLane value) => Inner.SetState(state, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetValue(int slot, TLane value) => Inner.SetValue(slot, value);
    }
}
