using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The backward loop of one block over all steps, whatever lies between blocks.</summary>
/// <remarks>
/// A block owns units here too: it computes the gradients of their gates and multiplies the gates' gradients of all units with its own
/// columns of the weight, which gives the gradient of its own units' h. So one exchange a step is enough, of vectors gates times as long.
/// </remarks>
internal static class BackwardLoop
{
    /// <summary>Runs all steps of the block, last step first.</summary>
    /// <param name="arguments">The loop's arguments.</param>
    /// <param name="steps">For each step in the order of the forward loop: its first row, its rows.</param>
    /// <param name="geometry">The thread's place; a column of its product is a unit.</param>
    /// <param name="exchange">Where the blocks of a row tile find each other's gradients.</param>
    /// <param name="shared">Shared memory for the weights and the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TNode, TProduct, TGates, TExchange>(
        in BackwardArguments arguments, ArrayView<int> steps, in BlockGeometry geometry, ref TExchange exchange, ArrayView<float> shared)
        where TNode : struct, IStepNode
        where TProduct : struct, IBlockProduct
        where TGates : struct, IBlocks<TGates, F32>
        where TExchange : struct, IExchange
    {
        int gateDepth = TProduct.DepthOf(arguments.Width);
        int depth = TGates.Count * gateDepth;
        ArrayView<float> sums = shared.SubView(BlockGeometry.Aligned(TProduct.WeightFloats(geometry, depth)));
        bool isCell = geometry.HasCell && geometry.Unit < arguments.Width && geometry.Row < arguments.BatchSize;
        BackwardSlots<TGates> cell = default;
        if (isCell)
        {
            Begin(arguments, geometry, ref cell);
        }

        TProduct.LoadWeights(geometry, new BackwardWeights(arguments.Weights, arguments.Width, geometry.FirstUnit, gateDepth), shared, depth);
        StepRange range = new(steps, arguments.StepCount, geometry.FirstRow);
        bool isActive = isCell && range.Begin < range.End && geometry.Row < StepRange.RowCount(steps, range.End - 1);
        if (isActive)
        {
            Load(arguments, steps, geometry, range.End - 1, ref cell);
        }

        int round = 0;
        for (int step = range.End - 1; step >= range.Begin; step--)
        {
            if (isActive)
            {
                cell.Gradient0 += cell.Carry0;
                cell.Gradient1 += cell.Carry1;
                cell.Carry0 = F32.Zero;
                cell.Carry1 = F32.Zero;
                TNode.Backward<F32, BackwardSlots<TGates>>(ref cell);
            }

            for (int gate = 0; gate < TGates.Count; gate++)
            {
                int term = (gate * gateDepth) + geometry.Unit;
                TProduct.Publish(geometry, exchange.Memory, exchange.Start(round), term, cell.ProductGradient(gate).Value, isActive);
            }

            // After this: the gradients of the block's gates are there for the release behind it (and the weights for the first product),
            // and the cells have read the sums, which the next product overwrites.
            Group.Barrier();
            exchange.Arrive();
            if (isActive)
            {
                Store(arguments, cell, StepRange.FirstRow(steps, step) + geometry.Row, geometry.Unit);
            }

            // Known before the other blocks are done, so these loads end while the thread waits.
            bool isActiveNext = isCell && step > range.Begin && geometry.Row < StepRange.RowCount(steps, step - 1);
            if (isActiveNext)
            {
                Load(arguments, steps, geometry, step - 1, ref cell);
            }

            exchange.Wait(round);
            TProduct.Run(geometry, shared, exchange.Memory, exchange.Start(round), depth, sums);
            round++;

            // After this: the sums of all slices are there for the cells, and nobody reads the vectors of this round any more.
            Group.Barrier();
            if (isActive)
            {
                cell.Carry0 = BlockSums.Sum(geometry, sums, cell.Carry0);
            }

            isActive = isActiveNext;
        }

        if (isCell)
        {
            End(arguments, geometry, cell);
        }
    }

    // The carried gradients begin as those of the final states.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin<TGates>(in BackwardArguments arguments, in BlockGeometry geometry, ref BackwardSlots<TGates> cell)
        where TGates : struct, IBlocks<TGates, F32>
    {
        int row = geometry.Row;
        int unit = geometry.Unit;
        cell.Carry0 = Element(
            arguments.Has(BackwardOptions.FinalGradients0), arguments.FinalGradients0, arguments.FinalGradientStride0, row, unit);
        cell.Carry1 = Element(
            arguments.Has(BackwardOptions.FinalGradients1), arguments.FinalGradients1, arguments.FinalGradientStride1, row, unit);
        cell.Parameter0 = Element(arguments.ParameterCount > 0, arguments.Parameter0, 0, 0, unit);
        cell.Parameter1 = Element(arguments.ParameterCount > 1, arguments.Parameter1, 0, 0, unit);
        cell.Parameter2 = Element(arguments.ParameterCount > 2, arguments.Parameter2, 0, 0, unit);
    }

    /// <summary>Reads what the node sees of a step, and the gradients that reach its states from outside the loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TGates>(
        in BackwardArguments arguments, ArrayView<int> steps, in BlockGeometry geometry, int step, ref BackwardSlots<TGates> cell)
        where TGates : struct, IBlocks<TGates, F32>
    {
        int unit = geometry.Unit;
        int row = StepRange.FirstRow(steps, step) + geometry.Row;
        cell.Inputs = TGates.LoadApart(arguments.Inputs, (row * arguments.InputStride) + unit, arguments.Width);
        cell.Value0 = Element(arguments.ValueStride0 > 0, arguments.Values0, arguments.ValueStride0, row, unit);
        cell.Value1 = Element(arguments.ValueStride1 > 0, arguments.Values1, arguments.ValueStride1, row, unit);
        cell.Value2 = Element(arguments.ValueStride2 > 0, arguments.Values2, arguments.ValueStride2, row, unit);
        cell.Value3 = Element(arguments.ValueStride3 > 0, arguments.Values3, arguments.ValueStride3, row, unit);
        cell.Gradient0 = Element(
            arguments.Has(BackwardOptions.StateGradients0), arguments.StateGradients0, arguments.StateGradientStride0, row, unit);
        cell.Gradient1 = Element(
            arguments.Has(BackwardOptions.StateGradients1), arguments.StateGradients1, arguments.StateGradientStride1, row, unit);
        bool hasSecond = arguments.Has(BackwardOptions.SecondState);
        cell.Next0 = Element(true, arguments.States0, arguments.StateStride0, row, unit);
        cell.Next1 = Element(hasSecond, arguments.States1, arguments.StateStride1, row, unit);

        // A row that has no step before this one began with its initial states.
        if (step > 0 && geometry.Row < StepRange.RowCount(steps, step - 1))
        {
            int previous = StepRange.FirstRow(steps, step - 1) + geometry.Row;
            cell.Previous0 = Element(true, arguments.States0, arguments.StateStride0, previous, unit);
            cell.Previous1 = Element(hasSecond, arguments.States1, arguments.StateStride1, previous, unit);
        }
        else
        {
            cell.Previous0 = Element(arguments.Has(BackwardOptions.Initial0), arguments.Initial0, arguments.InitialStride0, geometry.Row, unit);
            cell.Previous1 = Element(arguments.Has(BackwardOptions.Initial1), arguments.Initial1, arguments.InitialStride1, geometry.Row, unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F32 Element(bool exists, ArrayView<float> view, int stride, int row, int unit) =>
        exists ? new F32(view[(row * stride) + unit]) : F32.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TGates>(in BackwardArguments arguments, in BackwardSlots<TGates> cell, int row, int unit)
        where TGates : struct, IBlocks<TGates, F32>
    {
        int inputAt = (row * arguments.InputGradientStride) + unit;
        int productAt = (row * arguments.ProductGradientStride) + unit;
        for (int gate = 0; gate < TGates.Count; gate++)
        {
            arguments.InputGradients[inputAt + (gate * arguments.Width)] = cell.InputGradient(gate).Value;
            if (arguments.Has(BackwardOptions.ProductGradients))
            {
                arguments.ProductGradients[productAt + (gate * arguments.Width)] = cell.ProductGradient(gate).Value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TGates>(in BackwardArguments arguments, in BlockGeometry geometry, in BackwardSlots<TGates> cell)
        where TGates : struct, IBlocks<TGates, F32>
    {
        int at = (geometry.Row * arguments.Width) + geometry.Unit;
        int vector = arguments.BatchSize * arguments.Width;
        if (arguments.Has(BackwardOptions.InitialGradients0))
        {
            arguments.InitialGradients0[(geometry.Row * arguments.InitialGradientStride0) + geometry.Unit] = cell.Carry0.Value;
        }

        if (arguments.Has(BackwardOptions.InitialGradients1))
        {
            arguments.InitialGradients1[(geometry.Row * arguments.InitialGradientStride1) + geometry.Unit] = cell.Carry1.Value;
        }

        if (arguments.ParameterCount > 0)
        {
            arguments.ParameterGradients[at] = cell.ParameterGradient0.Value;
        }

        if (arguments.ParameterCount > 1)
        {
            arguments.ParameterGradients[at + vector] = cell.ParameterGradient1.Value;
        }

        if (arguments.ParameterCount > 2)
        {
            arguments.ParameterGradients[at + (2 * vector)] = cell.ParameterGradient2.Value;
        }
    }
}
