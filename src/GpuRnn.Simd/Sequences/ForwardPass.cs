using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>All steps forward: per panel and tile of rows, the products into scratch, then the node's mathematics on the scratch.</summary>
internal sealed unsafe class ForwardPass<TLane>(LoopContext context)
    where TLane : struct, IVectorLane<TLane>
{
    /// <summary>Runs one worker's share of all steps.</summary>
    public void Run(SequenceForwardArguments arguments, int worker, int workerCount, SpinBarrier barrier)
    {
        context.OwnedRows(worker, workerCount, out int firstRow, out int endRow);
        StepFrame* frame = (StepFrame*)context.Buffers.Frames[worker];
        for (int order = 0; order < context.Layout.TimeSteps; order++)
        {
            int carried = context.CarriedRows(order);
            int rows = context.RowsAt(order);
            int step = context.StepAt(order);
            foreach (LoopPhase phase in context.Phases)
            {
                if (phase.IsStaged)
                {
                    RunStaged(arguments, phase, frame, order, worker, workerCount, barrier);
                    if (context.Split == LoopSplit.HiddenUnits)
                    {
                        barrier.Wait(); // After this: every row or unit of what the phase wrote is there for the next product.
                    }

                    continue;
                }

                bool runs = phase.Node.RunsAt(step);
                RunRows(arguments, phase, frame, order, runs, true, firstRow, Math.Min(endRow, carried), worker, workerCount);
                RunRows(arguments, phase, frame, order, runs, false, Math.Max(firstRow, carried), Math.Min(endRow, rows), worker, workerCount);
                if (context.Split == LoopSplit.HiddenUnits && phase.IsRead)
                {
                    barrier.Wait(); // After this: every unit of what the phase wrote is there for the next product.
                }
            }
        }

        CopyFinalStates(arguments, worker, workerCount, firstRow, endRow);
    }

    private void RunRows(
        SequenceForwardArguments arguments, LoopPhase phase, StepFrame* frame, int order, bool runs, bool isCarried, int firstRow, int endRow, int worker, int workerCount)
    {
        int rows = endRow - firstRow;
        if (rows <= 0)
        {
            return;
        }

        context.PointForward(frame, arguments, order, isCarried);
        if (!runs)
        {
            KeepStates(phase, frame, firstRow, endRow, worker, workerCount);
            return;
        }

        float* scratch = (float*)context.Buffers.ScratchTiles[worker];
        int scratchWidth = phase.ScratchWidth;
        phase.PointProducts(frame);
        context.Shift(frame, phase.Node, 1);
        int maxRows = phase.MaxRows;
        int tileCount = (rows + maxRows - 1) / maxRows;
        context.OwnedPanels(phase.PanelCount, worker, workerCount, out int firstPanel, out int endPanel);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            int unit = panel * phase.UnitBlock;
            int units = Math.Min(phase.UnitBlock, phase.Node.Width - unit);
            for (int tile = 0; tile < tileCount; tile++)
            {
                int row = firstRow + PanelShape.TileStart(rows, tileCount, tile);
                int tileRows = firstRow + PanelShape.TileStart(rows, tileCount, tile + 1) - row;
                foreach (LoopProduct product in phase.Products)
                {
                    Multiply(product, phase.Node, frame, panel, row, tileRows, scratch, scratchWidth);
                }

                if (phase.IsStaged)
                {
                    Stage(phase, row, tileRows, unit, units, scratch, scratchWidth);
                }
                else
                {
                    phase.Runner.Forward(frame, row, tileRows, unit, units, scratch, scratchWidth);
                }
            }
        }

        context.Shift(frame, phase.Node, -1);
    }

    // Where a node does not run, its units hold what they held.
    private void KeepStates(LoopPhase phase, StepFrame* frame, int firstRow, int endRow, int worker, int workerCount)
    {
        context.OwnedUnits(phase, worker, workerCount, out int unit, out int units);
        foreach (int state in phase.Node.WrittenStates)
        {
            for (int row = firstRow; row < endRow; row++)
            {
                nint first = phase.Node.FirstUnit + unit;
                new ReadOnlySpan<float>(frame->PreviousStates[state].At(row, first), units)
                    .CopyTo(new Span<float>(frame->NextStates[state].At(row, first), units));
            }
        }
    }

    // The products of all units first, then normalisations and node on whole rows, or on units of all rows.
    private void RunStaged(
        SequenceForwardArguments arguments, LoopPhase phase, StepFrame* frame, int order, int worker, int workerCount, SpinBarrier barrier)
    {
        int carried = context.CarriedRows(order);
        int rows = context.RowsAt(order);
        if (phase.Products.Length > 0)
        {
            context.OwnedRows(worker, workerCount, out int firstRow, out int endRow);
            RunRows(arguments, phase, frame, order, true, true, firstRow, Math.Min(endRow, carried), worker, workerCount);
            RunRows(arguments, phase, frame, order, true, false, Math.Max(firstRow, carried), Math.Min(endRow, rows), worker, workerCount);
            if (context.Split == LoopSplit.HiddenUnits && phase.NormalisesRows)
            {
                barrier.Wait(); // After this: the products' rows are whole.
            }
        }

        foreach (LoopProduct product in phase.Products)
        {
            for (int slot = product.Node.FirstSlot; slot < product.Node.FirstSlot + product.Node.BlockCount; slot++)
            {
                frame->ProductOffsets[slot] = context.ProductOffset(slot);
            }
        }

        StagedShare share = context.OwnedStaged(phase, rows, worker, workerCount);
        context.PointForward(frame, arguments, order, false);
        if (!phase.NormalisesRows)
        {
            foreach (LoopNormalisation normalisation in phase.Normalisations)
            {
                normalisation.ForwardColumns(context, arguments, frame, order, rows, share, phase.Node.Width);
            }
        }

        for (int row = share.FirstRow; row < share.EndRow; row++)
        {
            if (row == share.FirstRow || row == carried)
            {
                context.PointForward(frame, arguments, order, row < carried);
            }

            if (phase.NormalisesRows)
            {
                foreach (LoopNormalisation normalisation in phase.Normalisations)
                {
                    normalisation.ForwardRow(context, frame, order, row);
                }
            }

            RowPointer staged = context.Buffers.Staged;
            phase.Runner.Forward(frame, row, 1, share.FirstUnit, share.EndUnit - share.FirstUnit, staged.At(row, share.FirstUnit), staged.Stride);
        }
    }

    private void Stage(LoopPhase phase, int firstRow, int rows, int unit, int units, float* scratch, int scratchWidth)
    {
        foreach (LoopProduct product in phase.Products)
        {
            for (int block = 0; block < product.Node.BlockCount; block++)
            {
                float* source = scratch + product.ScratchOffset + (block * product.UnitBlock);
                float* target = context.Buffers.Staged.At(firstRow, context.ProductOffset(product.Node.FirstSlot + block) + unit);
                for (int row = 0; row < rows; row++)
                {
                    LaneCopy.Run<TLane>(source + ((nint)row * scratchWidth), target + (row * context.Buffers.Staged.Stride), units);
                }
            }
        }
    }

    private static void Multiply(LoopProduct product, PointwiseNode node, StepFrame* frame, int panel, int row, int rows, float* scratch, int scratchWidth)
    {
        RowPointer source = product.Node.Source.Kind switch
        {
            StepSourceKind.PreviousState => frame->PreviousStates[product.Node.Source.Index],
            StepSourceKind.CurrentState => frame->NextStates[product.Node.Source.Index],
            _ => frame->Values[product.Node.Source.Index],
        };

        // The tables of states are moved to the node's units.
        nint firstUnit = product.Node.FirstSourceUnit - (product.Node.Source.Kind == StepSourceKind.Value ? 0 : node.FirstUnit);
        product.MultiplyForward<TLane>(panel, rows, source.At(row, firstUnit), source.Stride, product.Node.SourceWidth, scratch, scratchWidth);
    }

    private void CopyFinalStates(SequenceForwardArguments arguments, int worker, int workerCount, int firstRow, int endRow)
    {
        // Threads that own units have met after the last step, so any of them may copy any row.
        bool byRows = context.Split == LoopSplit.BatchRows;
        int steps = context.Layout.TimeSteps;
        int row = byRows ? firstRow : worker;
        int stride = byRows ? 1 : workerCount;
        for (; row < endRow; row += stride)
        {
            int last = -1;
            for (int order = steps - 1; order >= 0 && last < 0; order--)
            {
                last = row < context.RowsAt(order) ? order : -1;
            }

            for (int state = 0; state < context.Graph.States.Count; state++)
            {
                int width = context.Graph.States[state].Width;
                RowPointer source = last < 0
                    ? context.RowsOrZeros(arguments.InitialStates[state], 0)
                    : LoopContext.Rows(arguments.States[state], context.FirstRow(last));
                float* target = LoopContext.Rows(arguments.FinalStates[state], 0).At(row, 0);
                new ReadOnlySpan<float>(source.At(row, 0), width).CopyTo(new Span<float>(target, width));
            }
        }
    }
}
