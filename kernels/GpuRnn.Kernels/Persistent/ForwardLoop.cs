using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The forward loop of one block over all steps, whatever lies between blocks.</summary>
internal static class ForwardLoop
{
    /// <summary>Runs all steps of the block.</summary>
    /// <param name="arguments">The loop's arguments.</param>
    /// <param name="steps">For each step in the order of the loop: its first row, its rows.</param>
    /// <param name="geometry">The thread's place; a unit has a column of its product for each gate.</param>
    /// <param name="exchange">Where the blocks of a row tile find each other's h.</param>
    /// <param name="shared">Shared memory for the weights, the bias and the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TNode, TProduct, TGates, TExchange>(
        in ForwardArguments arguments, ArrayView<int> steps, in BlockGeometry geometry, ref TExchange exchange, ArrayView<float> shared)
        where TNode : struct, IStepNode
        where TProduct : struct, IBlockProduct
        where TGates : struct, IBlocks<TGates, F32>
        where TExchange : struct, IExchange
    {
        int depth = TProduct.DepthOf(arguments.Width);
        int weightFloats = TProduct.WeightFloats(geometry, depth);
        ArrayView<float> bias = shared.SubView(weightFloats, geometry.Stride);
        ArrayView<float> sums = shared.SubView(BlockGeometry.Aligned(weightFloats + geometry.Stride));
        bool isCell = geometry.HasCell && geometry.Unit < arguments.Width && geometry.Row < arguments.BatchSize;
        ForwardSlots<TGates> cell = default;
        if (isCell)
        {
            Begin(arguments, geometry, ref cell);
        }

        TProduct.Publish(geometry, exchange.Memory, exchange.Start(0), geometry.Unit, cell.Next0.Value, isCell);
        TProduct.LoadWeights(geometry, new ForwardWeights(arguments.Weights, arguments.Width, geometry.FirstUnit, TGates.Count), shared, depth);
        LoadBias<TGates>(arguments, geometry, bias);

        // After this: weights, bias and the block's own initial h are there for the whole group and for the release behind it.
        Group.Barrier();
        exchange.Arrive();
        StepRange range = new(steps, arguments.StepCount, geometry.FirstRow);
        int round = 0;
        for (int step = range.Begin; step < range.End; step++)
        {
            int row = StepRange.FirstRow(steps, step) + geometry.Row;
            bool isActive = isCell && geometry.Row < StepRange.RowCount(steps, step);
            if (isActive)
            {
                // Known before the other blocks are done, so these loads end while the thread waits.
                cell.Inputs = TGates.LoadApart(arguments.Inputs, (row * arguments.InputStride) + geometry.Unit, arguments.Width);
            }

            exchange.Wait(round);
            TProduct.Run(geometry, shared, exchange.Memory, exchange.Start(round), depth, sums);
            round++;

            // After this: the sums of all slices are there for the cells, and nobody reads the vectors of this round any more.
            Group.Barrier();
            if (isActive)
            {
                cell.Previous0 = cell.Next0;
                cell.Previous1 = cell.Next1;
                cell.Products = BlockSums.SumGates(geometry, sums, TGates.Load(bias, geometry.CellUnit * TGates.Count));
                TNode.Forward<F32, ForwardSlots<TGates>>(ref cell);
            }

            if (step < range.End - 1)
            {
                // A row without this step hands on the state it has: in a reverse loop it enters later with its initial one.
                TProduct.Publish(geometry, exchange.Memory, exchange.Start(round), geometry.Unit, cell.Next0.Value, isCell);

                // After this: the block's h is there for the release behind it, and the cells have read the sums, which the next product overwrites.
                Group.Barrier();
                exchange.Arrive();
            }

            if (isActive)
            {
                Store(arguments, cell, row, geometry.Unit);
            }
        }

        if (isCell)
        {
            End(arguments, geometry, cell);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin<TGates>(in ForwardArguments arguments, in BlockGeometry geometry, ref ForwardSlots<TGates> cell)
        where TGates : struct, IBlocks<TGates, F32>
    {
        int row = geometry.Row;
        int unit = geometry.Unit;
        cell.Next0 = arguments.Has(ForwardOptions.Initial0) ? new F32(arguments.Initial0[(row * arguments.InitialStride0) + unit]) : F32.Zero;
        cell.Next1 = arguments.Has(ForwardOptions.Initial1) ? new F32(arguments.Initial1[(row * arguments.InitialStride1) + unit]) : F32.Zero;
        cell.Parameter0 = arguments.ParameterCount > 0 ? new F32(arguments.Parameter0[unit]) : F32.Zero;
        cell.Parameter1 = arguments.ParameterCount > 1 ? new F32(arguments.Parameter1[unit]) : F32.Zero;
        cell.Parameter2 = arguments.ParameterCount > 2 ? new F32(arguments.Parameter2[unit]) : F32.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadBias<TGates>(in ForwardArguments arguments, in BlockGeometry geometry, ArrayView<float> bias)
        where TGates : struct, IBlocks<TGates, F32>
    {
        for (int column = Group.IdxX; column < geometry.Columns; column += Group.DimX)
        {
            int unit = geometry.FirstUnit + (column / TGates.Count);
            bool isThere = unit < arguments.Width && arguments.Has(ForwardOptions.Bias);
            bias[column] = isThere ? arguments.Bias[(column % TGates.Count * arguments.Width) + unit] : 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TGates>(in ForwardArguments arguments, in ForwardSlots<TGates> cell, int row, int unit)
        where TGates : struct, IBlocks<TGates, F32>
    {
        arguments.States0[(row * arguments.StateStride0) + unit] = cell.Next0.Value;
        if (arguments.Has(ForwardOptions.SecondState))
        {
            arguments.States1[(row * arguments.StateStride1) + unit] = cell.Next1.Value;
        }

        if (arguments.Has(ForwardOptions.KeepsValues))
        {
            StoreValue(arguments.Values0, arguments.ValueStride0, row, unit, cell.Value0);
            StoreValue(arguments.Values1, arguments.ValueStride1, row, unit, cell.Value1);
            StoreValue(arguments.Values2, arguments.ValueStride2, row, unit, cell.Value2);
            StoreValue(arguments.Values3, arguments.ValueStride3, row, unit, cell.Value3);
        }
    }

    // A cell with fewer values has views of no stride for the others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreValue(ArrayView<float> values, int stride, int row, int unit, F32 value)
    {
        if (stride > 0)
        {
            values[(row * stride) + unit] = value.Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TGates>(in ForwardArguments arguments, in BlockGeometry geometry, in ForwardSlots<TGates> cell)
        where TGates : struct, IBlocks<TGates, F32>
    {
        arguments.Final0[(geometry.Row * arguments.FinalStride0) + geometry.Unit] = cell.Next0.Value;
        if (arguments.Has(ForwardOptions.SecondState))
        {
            arguments.Final1[(geometry.Row * arguments.FinalStride1) + geometry.Unit] = cell.Next1.Value;
        }
    }
}
