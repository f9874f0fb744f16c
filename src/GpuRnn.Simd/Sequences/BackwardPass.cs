using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>All steps backward: per phase the node's gradients, then the transposed products that carry them to what the step read.</summary>
internal sealed unsafe class BackwardPass<TLane>(LoopContext context)
    where TLane : struct, IVectorLane<TLane>
{
    // The part of a panel that all tiles of a step read before the next part; half of the smallest first level there is, beside rows and sums.
    private const int PanelBytesInFirstLevel = 24 << 10;

    // Gradients of values come from later nodes and products of the step.
    private readonly bool _passesValues =
        context.Phases.Count > 1 || context.Graph.StepProducts.Any(product => product.Source.Kind == StepSourceKind.Value);

    /// <summary>Runs one worker's share of all steps.</summary>
    public void Run(SequenceBackwardArguments arguments, int worker, int workerCount, SpinBarrier barrier)
    {
        context.OwnedRows(worker, workerCount, out int firstRow, out int endRow);
        StepFrame* frame = (StepFrame*)context.Buffers.Frames[worker];
        new Span<float>((float*)context.Buffers.ParameterSums[worker], context.Buffers.ParameterLength).Clear();
        for (int order = context.Layout.TimeSteps - 1; order >= 0; order--)
        {
            int rows = context.RowsAt(order);
            context.PointBackward(frame, arguments, order, worker);
            BeginStep(arguments, frame, order, worker, workerCount, firstRow, Math.Min(endRow, rows));
            Meet(barrier); // After this: the step's gradient rows are cleared or hold the final states' gradients.
            for (int phase = context.Phases.Count - 1; phase >= 0; phase--)
            {
                RunPhase(arguments, context.Phases[phase], frame, order, worker, workerCount, firstRow, endRow, barrier);
            }

            EndStep(arguments, frame, order, worker, workerCount, firstRow, Math.Min(endRow, rows));
        }

        PassEmptyRows(arguments, worker, workerCount, firstRow, endRow);
        barrier.Wait(); // After this: every worker's parameter sums are complete.
        if (worker == 0)
        {
            SumParameters(arguments, workerCount);
        }
    }

    private void Meet(SpinBarrier barrier)
    {
        if (context.Split == LoopSplit.HiddenUnits)
        {
            barrier.Wait();
        }
    }

    private void RunPhase(
        SequenceBackwardArguments arguments, LoopPhase phase, StepFrame* frame, int order, int worker, int workerCount, int firstRow, int endRow, SpinBarrier barrier)
    {
        int rows = context.RowsAt(order);
        int carried = context.CarriedRows(order);
        context.OwnedUnits(phase, worker, workerCount, out int unit, out int units);
        if (!phase.Node.RunsAt(context.StepAt(order)))
        {
            context.Shift(frame, phase.Node, 1);
            KeepGradients(phase, frame, firstRow, Math.Min(endRow, rows), unit, units);
            context.Shift(frame, phase.Node, -1);
            Meet(barrier); // After this: the phase before may add to what this one passed on.
            return;
        }

        if (phase.IsStaged)
        {
            RunStagedNode(arguments, phase, frame, order, worker, workerCount);
        }
        else
        {
            context.PointForward(frame, arguments.Forward, order, order > 0);
            RunNode(phase, frame, firstRow, Math.Min(endRow, carried), unit, units);
            context.PointForward(frame, arguments.Forward, order, false);
            RunNode(phase, frame, Math.Max(firstRow, carried), Math.Min(endRow, rows), unit, units);
        }

        Meet(barrier); // After this: the gradients of the phase's products are complete.
        foreach (LoopProduct product in phase.Products)
        {
            Multiply(product, frame, worker, workerCount, firstRow, Math.Min(endRow, rows), LoopContext.Rows(arguments.ProductGradients[product.Index], context.FirstRow(order)));
        }

        if (phase.Products.Length != 0)
        {
            Meet(barrier); // After this: what the products carry back is complete for the phase before.
        }
    }

    // The node on whole rows, or on units of all rows; then the normalisations that fed it.
    private void RunStagedNode(SequenceBackwardArguments arguments, LoopPhase phase, StepFrame* frame, int order, int worker, int workerCount)
    {
        int rows = context.RowsAt(order);
        int carried = context.CarriedRows(order);
        StagedShare share = context.OwnedStaged(phase, rows, worker, workerCount);
        int units = share.EndUnit - share.FirstUnit;
        context.PointForward(frame, arguments.Forward, order, order > 0);
        RunNode(phase, frame, share.FirstRow, Math.Min(share.EndRow, carried), share.FirstUnit, units);
        context.PointForward(frame, arguments.Forward, order, false);
        RunNode(phase, frame, Math.Max(share.FirstRow, carried), share.EndRow, share.FirstUnit, units);
        foreach (LoopNormalisation normalisation in phase.Normalisations)
        {
            if (phase.NormalisesRows)
            {
                normalisation.BackwardRows(context, frame, order, share);
            }
            else
            {
                normalisation.BackwardColumns(context, arguments.Forward, frame, order, rows, share, phase.Node.Width);
            }
        }
    }

    private void RunNode(LoopPhase phase, StepFrame* frame, int firstRow, int endRow, int unit, int units)
    {
        if (endRow > firstRow && units > 0)
        {
            context.Shift(frame, phase.Node, 1);
            phase.Runner.Backward(frame, firstRow, endRow - firstRow, unit, units);
            context.Shift(frame, phase.Node, -1);
        }
    }

    // Where a node does not run, its units' gradients pass on to t−1, and what it would have read has none.
    private static void KeepGradients(LoopPhase phase, StepFrame* frame, int firstRow, int endRow, int unit, int units)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            foreach (int state in phase.Node.WrittenStates)
            {
                float* next = frame->StateGradients[state].At(row, unit);
                float* outer = frame->OuterGradients[state].At(row, unit);
                float* previous = frame->PreviousGradients[state].At(row, unit);
                int i = 0;
                for (; i + TLane.Count <= units; i += TLane.Count)
                {
                    TLane.Store(previous + i, TLane.Load(previous + i) + (TLane.Load(next + i) + TLane.Load(outer + i)));
                }

                for (; i < units; i++)
                {
                    previous[i] += next[i] + outer[i];
                }
            }

            foreach (int slot in phase.InputSlots)
            {
                new Span<float>(frame->InputGradients[slot - phase.Node.FirstInputSlot].At(row, unit), units).Clear();
            }

            foreach (LoopProduct product in phase.Products)
            {
                for (int block = 0; block < product.Node.BlockCount; block++)
                {
                    int slot = product.Node.FirstSlot + block - phase.Node.FirstProductSlot;
                    new Span<float>(frame->ProductGradients[slot].At(row, unit), units).Clear();
                }
            }
        }
    }

    // Rows whose sequence ends at this step start from the gradient of their final state; t−1 and the values start from zero.
    private void BeginStep(
        SequenceBackwardArguments arguments, StepFrame* frame, int order, int worker, int workerCount, int firstRow, int endRow)
    {
        int successors = Math.Min(context.RowsAt(order), context.RowsAt(order + 1));
        bool byRows = context.Split != LoopSplit.HiddenUnits;
        int row = byRows ? firstRow : worker;
        for (; row < endRow; row += byRows ? 1 : workerCount)
        {
            for (int state = 0; state < context.Graph.States.Count; state++)
            {
                int width = context.Graph.States[state].Width;
                new Span<float>(frame->PreviousGradients[state].At(row, 0), width).Clear();
                if (row >= successors)
                {
                    CopyRow(context.RowsOrZeros(arguments.FinalStateGradients[state], 0).At(row, 0), frame->StateGradients[state].At(row, 0), width);
                }
            }

            for (int value = 0; _passesValues && value < context.Graph.Values.Count; value++)
            {
                new Span<float>(frame->ValueGradients[value].At(row, 0), context.Graph.Values[value].Width).Clear();
            }
        }
    }

    // Rows that started at this step hand the gradient of t−1 to their initial state.
    private void EndStep(
        SequenceBackwardArguments arguments, StepFrame* frame, int order, int worker, int workerCount, int firstRow, int endRow)
    {
        bool byRows = context.Split != LoopSplit.HiddenUnits;
        int row = Math.Max(firstRow, context.CarriedRows(order));
        for (row += byRows ? 0 : worker; row < endRow; row += byRows ? 1 : workerCount)
        {
            for (int state = 0; state < context.Graph.States.Count; state++)
            {
                RowsView target = arguments.InitialStateGradients[state];
                if (!target.IsAbsent)
                {
                    CopyRow(frame->PreviousGradients[state].At(row, 0), LoopContext.Rows(target, 0).At(row, 0), context.Graph.States[state].Width);
                }
            }
        }
    }

    // A row of length zero has its initial state as its final state.
    private void PassEmptyRows(SequenceBackwardArguments arguments, int worker, int workerCount, int firstRow, int endRow)
    {
        int occupied = context.Layout.TimeSteps == 0 ? 0 : context.Layout.RowCounts[0];
        bool byRows = context.Split != LoopSplit.HiddenUnits;
        int row = Math.Max(firstRow, occupied) + (byRows ? 0 : worker);
        for (; row < endRow; row += byRows ? 1 : workerCount)
        {
            for (int state = 0; state < context.Graph.States.Count; state++)
            {
                RowsView target = arguments.InitialStateGradients[state];
                if (!target.IsAbsent)
                {
                    CopyRow(
                        context.RowsOrZeros(arguments.FinalStateGradients[state], 0).At(row, 0),
                        LoopContext.Rows(target, 0).At(row, 0),
                        context.Graph.States[state].Width);
                }
            }
        }
    }

    private void Multiply(LoopProduct product, StepFrame* frame, int worker, int workerCount, int firstRow, int endRow, RowPointer gradients)
    {
        int rows = endRow - firstRow;
        if (rows <= 0)
        {
            return;
        }

        RowPointer target = product.Node.Source.Kind switch
        {
            StepSourceKind.PreviousState => frame->PreviousGradients[product.Node.Source.Index],
            StepSourceKind.CurrentState => frame->StateGradients[product.Node.Source.Index],
            _ => frame->ValueGradients[product.Node.Source.Index],
        };
        context.OwnedPanels(product.BackwardPanelCount, worker, workerCount, out int firstPanel, out int endPanel);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            PanelShape shape = product.BackwardCut.Shape(panel);
            int first = product.BackwardCut.FirstColumn(panel);
            int tileCount = shape.TileCount(rows);
            int depth = tileCount == 1 ? product.Node.Rows : Math.Max(1, PanelBytesInFirstLevel / sizeof(float) / shape.Columns);
            float* packed = product.BackwardPanels + ((nint)first * product.Node.Rows);
            for (int k = 0; k < product.Node.Rows; k += depth)
            {
                int depthCount = Math.Min(depth, product.Node.Rows - k);
                for (int tile = 0; tile < tileCount; tile++)
                {
                    int row = firstRow + PanelShape.TileStart(rows, tileCount, tile);
                    int tileRows = firstRow + PanelShape.TileStart(rows, tileCount, tile + 1) - row;
                    shape.Run<TLane>(
                        tileRows,
                        packed + ((nint)k * shape.Columns),
                        depthCount,
                        gradients.At(row, k),
                        gradients.Stride,
                        1,
                        null,
                        target.At(row, product.Node.FirstSourceUnit + first),
                        target.Stride);
                }
            }
        }
    }

    private void SumParameters(SequenceBackwardArguments arguments, int workerCount)
    {
        for (int parameter = 0; parameter < context.Graph.Parameters.Count; parameter++)
        {
            float* target = arguments.ParameterGradients[parameter].HostPointer;
            for (int worker = 0; worker < workerCount; worker++)
            {
                float* sums = (float*)context.Buffers.ParameterSums[worker] + context.Buffers.ParameterOffsets[parameter];
                for (int unit = 0; unit < context.Graph.Parameters[parameter].Width; unit++)
                {
                    target[unit] += sums[unit];
                }
            }
        }
    }

    private static void CopyRow(float* source, float* target, int width) =>
        new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(target, width));
}
