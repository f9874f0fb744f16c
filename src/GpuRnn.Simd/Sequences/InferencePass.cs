using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>
/// All steps forward of a loop that runs its products of inputs itself, in inference and, where no gradient reads their results again, in training: products of
/// inputs and states, and the node, in tiles that stay in the caches.
/// </summary>
/// <remarks>
/// The products of inputs are computed here, in blocks of steps or tile by tile, for the units or rows that the thread owns: no thread waits for
/// another one's, and no row of pre-activations travels through memory. Only what is asked for has a history: in inference the gates and the cell state of
/// an LSTM have none. Steps go through the panels of weights forwards and backwards in turn, so that weights larger than the second-level cache are in part
/// found there; measured on one Zen 5 core (1 MiB of it), one row: 1 MiB of weights in 5.9 µs a step instead of 7.0, 1.5 MiB in 11.0 instead of 14.7.
/// Fetching panels ahead for one row, with or without the hint that they are not used again, made 1 MiB slower and 4 MiB at most 5 % faster, and was left out;
/// for many rows see <see cref="InferenceMemory.AsksAhead"/>.
/// Each sum runs in the order of <see cref="ForwardPass{TLane}"/> behind hoisted products, so both give the same bits.
/// </remarks>
internal sealed unsafe class InferencePass<TLane>(LoopContext context, InferenceMemory memory)
    where TLane : struct, IVectorLane<TLane>
{
    // Rows of a step for which input tiles go along the rows; with fewer they go along the steps of one row.
    private const int RowsOfTile = 4;

    private readonly LoopPhase _phase = context.Phases[0];
    private readonly int _inputRows = LoopProduct.MostRows(memory.Inputs);
    private readonly int _maxRows = Math.Min(context.Phases[0].MaxRows, LoopProduct.MostRows(memory.Inputs));

    /// <summary>Runs one worker's share of all steps.</summary>
    public void Run(SequenceForwardArguments arguments, int worker, int workerCount, SpinBarrier barrier)
    {
        Share share = default;
        share.Worker = worker;
        context.OwnedRows(worker, workerCount, out share.FirstRow, out share.EndRow);
        context.OwnedPanels(_phase.PanelCount, worker, workerCount, out share.FirstPanel, out share.EndPanel);
        share.Frame = (StepFrame*)context.Buffers.Frames[worker];
        _phase.PointProducts(share.Frame);
        PointVectors(share.Frame, arguments);
        share.IsReversed = memory.IsReversed[worker * InferenceMemory.FlagStride];
        bool multiplies = arguments.Sequences.Count > 0;
        share.Infers = !context.Request.NeedsGradient && (!multiplies || !memory.SlotOffsets.Contains(-1));
        for (int slot = 0; slot < memory.SlotOffsets.Length; slot++)
        {
            share.Frame->InputOffsets[slot] = multiplies ? memory.SlotOffsets[slot] : context.InputOffset(slot);
        }

        int steps = context.Layout.TimeSteps;
        for (int order = 0; order < steps; order++)
        {
            share.IsReversed = !share.IsReversed;
            if (multiplies && memory.Blocks.Steps > 0 && order % memory.Blocks.Steps == 0 && !MultipliesLate(share))
            {
                MultiplyInputs(arguments, ref share, order, Math.Min(order + memory.Blocks.Steps, steps));
            }

            int carried = context.CarriedRows(order);
            RunRows(arguments, ref share, order, true, share.FirstRow, Math.Min(share.EndRow, carried), multiplies);
            RunRows(arguments, ref share, order, false, Math.Max(share.FirstRow, carried), Math.Min(share.EndRow, context.RowsAt(order)), multiplies);
            if (context.Split == LoopSplit.HiddenUnits && order + 1 < steps)
            {
                barrier.Wait(); // After this: every unit of the states is there for the next step's products.
            }
        }

        memory.IsReversed[worker * InferenceMemory.FlagStride] = share.IsReversed;
        CopyFinalStates(arguments, share);
    }

    // A single step that goes backwards through its weights begins with those that the step before read last: the states', then the inputs'.
    private bool MultipliesLate(in Share share) =>
        share.IsReversed && context.Layout.TimeSteps == 1 && memory.Blocks.Steps > 0 && share.EndRow - share.FirstRow <= InferenceBlocks.FewRows;

    private void RunRows(SequenceForwardArguments arguments, ref Share share, int order, bool isCarried, int firstRow, int endRow, bool multiplies)
    {
        int rows = endRow - firstRow;
        if (rows <= 0)
        {
            return;
        }

        StepFrame* frame = share.Frame;
        PointStep(frame, arguments, order, isCarried, multiplies);
        RowPointer inputs = multiplies ? default : LoopContext.Rows(arguments.Inputs, context.FirstRow(order));
        if (rows <= InferenceBlocks.FewRows && (!multiplies || memory.Blocks.Steps > 0))
        {
            RunFewRows(arguments, ref share, order, firstRow, rows, multiplies, inputs);
            return;
        }

        Tiles tiles = new(firstRow, rows, (rows + _maxRows - 1) / _maxRows);
        bool byPanel = multiplies && memory.Blocks.Steps == 0;
        LoopProduct? first = !memory.AsksAhead ? null : byPanel && memory.Inputs.Length > 0 ? memory.Inputs[0] : _phase.Products[0];
        for (int i = 0; i < share.PanelCount; i++)
        {
            int panel = share.Panel(i);
            int unit = panel * _phase.UnitBlock;
            PointValues(share, arguments, order, unit);
            int nextPanel = i + 1 < share.PanelCount ? share.Panel(i + 1) : -1;
            if (byPanel)
            {
                float* target = (float*)memory.InputRows[share.Worker];
                MultiplyInputTiles(arguments, tiles, panel, context.FirstRow(order), target);
                share.Inputs = PointInputs(share, target - (firstRow * (nint)memory.InputColumns), unit);
            }
            else
            {
                share.Inputs = multiplies ? PointInputs(share, BlockRow(share, order, panel), unit) : inputs.Moved(unit);
            }

            RunTiles(share, tiles, panel, (float*)context.Buffers.ScratchTiles[share.Worker], nextPanel < 0 ? null : first, nextPanel);
        }
    }

    // The products of inputs of all tiles, while the panel of the states' weights is on its way.
    private void MultiplyInputTiles(SequenceForwardArguments arguments, in Tiles tiles, int panel, nint firstRow, float* target)
    {
        LoopProduct? next = memory.AsksAhead ? _phase.Products[0] : null;
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            int row = tiles.Start(tile);
            float* to = target + ((row - tiles.FirstRow) * (nint)memory.InputColumns);
            MultiplyInputTile(arguments, panel, tiles.Start(tile + 1) - row, firstRow + row, 1, to, memory.InputColumns, next, panel, tile);
        }
    }

    // The products of states and the node, tile by tile, while the first panel of the next units is on its way.
    private void RunTiles(in Share share, in Tiles tiles, int panel, float* scratch, LoopProduct? next, int nextPanel)
    {
        int unit = panel * _phase.UnitBlock;
        int units = Math.Min(_phase.UnitBlock, _phase.Node.Width - unit);
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            int row = tiles.Start(tile);
            int rows = tiles.Start(tile + 1) - row;
            MultiplyStates(share.Frame, panel, row, rows, scratch, next, nextPanel, tile);
            RunNode(share, row, rows, unit, units, scratch);
        }
    }

    // All products first: the weights arrive in one stream, and the nodes of several panels, chains of dependent operations, run into one another.
    private void RunFewRows(SequenceForwardArguments arguments, ref Share share, int order, int row, int rows, bool multiplies, RowPointer inputs)
    {
        StepFrame* frame = share.Frame;
        nint panelLength = InferenceBlocks.FewRows * (nint)_phase.ScratchWidth;
        float* products = (float*)memory.ProductRows[share.Worker];
        int inPairs = rows == 1 && context.Request.Precision == ProductPrecision.BFloat16 ? share.PanelCount / 2 * 2 : 0;
        for (int i = 0; i < inPairs; i += 2)
        {
            int panel = share.Pair(i);
            MultiplyStatePair(frame, panel, row, products + ((panel - share.FirstPanel) * panelLength), panelLength);
        }

        for (int i = inPairs; i < share.PanelCount; i++)
        {
            int panel = share.Panel(i);
            MultiplyStates(frame, panel, row, rows, products + ((panel - share.FirstPanel) * panelLength));
        }

        if (multiplies && MultipliesLate(share))
        {
            MultiplyInputs(arguments, ref share, order, order + 1);
        }

        for (int panel = share.FirstPanel; panel < share.EndPanel; panel++)
        {
            int unit = panel * _phase.UnitBlock;
            PointValues(share, arguments, order, unit);
            share.Inputs = multiplies ? PointInputs(share, BlockRow(share, order, panel), unit) : inputs.Moved(unit);
            int units = Math.Min(_phase.UnitBlock, _phase.Node.Width - unit);
            RunNode(share, row, rows, unit, units, products + ((panel - share.FirstPanel) * panelLength));
        }
    }

    private void RunNode(in Share share, int row, int rows, int unit, int units, float* products)
    {
        if (share.Infers)
        {
            _phase.Runner.Infer(share.Frame, row, rows, unit, units, products, _phase.ScratchWidth, share.Inputs.At(row, 0), share.Inputs.Stride);
            return;
        }

        _phase.Runner.Forward(share.Frame, row, rows, unit, units, products, _phase.ScratchWidth);
    }

    private void MultiplyStates(
        StepFrame* frame, int panel, int row, int rows, float* target, LoopProduct? next = null, int nextPanel = 0, int tile = 0)
    {
        foreach (LoopProduct product in _phase.Products)
        {
            RowPointer source = frame->PreviousStates[product.Node.Source.Index];
            float* first = source.At(row, product.Node.FirstSourceUnit);
            product.MultiplyForward<TLane>(panel, rows, first, source.Stride, product.Node.SourceWidth, target, _phase.ScratchWidth, Ahead(product, next, nextPanel, tile));
        }
    }

    // One row by two panels of rounded weights: one alone would wait for its sums.
    private void MultiplyStatePair(StepFrame* frame, int panel, int row, float* target, nint panelLength)
    {
        foreach (LoopProduct product in _phase.Products)
        {
            float* source = frame->PreviousStates[product.Node.Source.Index].At(row, product.Node.FirstSourceUnit);
            product.MultiplyForwardPair<TLane>(panel, source, product.Node.SourceWidth, target, target + panelLength);
        }
    }

    private void MultiplyInputPair(SequenceForwardArguments arguments, int panel, nint row, float* first, float* second)
    {
        foreach (LoopProduct product in memory.Inputs)
        {
            RowsView sequence = arguments.Sequences[product.Node.Source.Index];
            float* source = (sequence.IsAbsent ? default : LoopContext.Rows(sequence, row)).At(0, product.Node.FirstSourceUnit);
            product.MultiplyForwardPair<TLane>(panel, source, sequence.IsAbsent ? 0 : product.Node.SourceWidth, first, second);
        }
    }

    // The input products of a block of steps for everything that the worker owns.
    private void MultiplyInputs(SequenceForwardArguments arguments, ref Share share, int order, int endOrder)
    {
        int step = Math.Min(context.StepAt(order), context.StepAt(endOrder - 1));
        int steps = endOrder - order;
        ReadOnlySpan<int> offsets = context.Layout.RowOffsets;
        int owned = share.EndRow - share.FirstRow;
        bool isContiguous = context.Split != LoopSplit.BatchRows;
        share.BlockStep = step;
        share.BlockRow = offsets[step];
        bool isOneRow = isContiguous && offsets[step + steps] - offsets[step] == 1;
        int inPairs = isOneRow && context.Request.Precision == ProductPrecision.BFloat16 ? share.PanelCount / 2 * 2 : 0;
        for (int i = 0; i < inPairs; i += 2)
        {
            int panel = share.Pair(i);
            MultiplyInputPair(arguments, panel, offsets[step], PanelRows(share, panel), PanelRows(share, panel + 1));
        }

        for (int i = inPairs; i < share.PanelCount; i++)
        {
            int panel = share.Panel(i);
            float* target = PanelRows(share, panel);
            if (isContiguous)
            {
                MultiplyInputRows(arguments, panel, offsets[step + steps] - offsets[step], offsets[step], 1, target, memory.InputColumns);
                continue;
            }

            // The owned rows of a step lie side by side; the steps of one row lie B rows apart where every step has all rows.
            bool alongSteps = owned < RowsOfTile && context.Layout.IsFull;
            for (int row = 0; alongSteps && row < owned; row++)
            {
                float* to = target + ((nint)row * memory.InputColumns);
                MultiplyInputRows(arguments, panel, steps, offsets[step] + share.FirstRow + row, context.Layout.BatchSize, to, owned * memory.InputColumns);
            }

            for (int later = 0; !alongSteps && later < steps; later++)
            {
                float* to = target + ((nint)later * owned * memory.InputColumns);
                int count = Math.Min(share.EndRow, context.Layout.RowCounts[step + later]) - share.FirstRow;
                MultiplyInputRows(arguments, panel, count, offsets[step + later] + share.FirstRow, 1, to, memory.InputColumns);
            }
        }
    }

    private void MultiplyInputRows(SequenceForwardArguments arguments, int panel, int rows, nint firstRow, nint rowStep, float* target, nint targetStride)
    {
        int tileCount = Math.Max(0, rows + _inputRows - 1) / _inputRows;
        for (int tile = 0; tile < tileCount; tile++)
        {
            int row = PanelShape.TileStart(rows, tileCount, tile);
            int tileRows = PanelShape.TileStart(rows, tileCount, tile + 1) - row;
            MultiplyInputTile(arguments, panel, tileRows, firstRow + (row * rowStep), rowStep, target + (row * targetStride), targetStride);
        }
    }

    // The product of zeros is the bias alone: a sum of length 0.
    private void MultiplyInputTile(
        SequenceForwardArguments arguments, int panel, int rows, nint firstRow, nint rowStep, float* target, nint targetStride, LoopProduct? next = null, int nextPanel = 0,
        int tile = 0)
    {
        foreach (LoopProduct product in memory.Inputs)
        {
            RowsView sequence = arguments.Sequences[product.Node.Source.Index];
            RowPointer source = sequence.IsAbsent ? default : LoopContext.Rows(sequence, firstRow);
            int depth = sequence.IsAbsent ? 0 : product.Node.SourceWidth;
            float* first = source.At(0, product.Node.FirstSourceUnit);
            product.MultiplyForward<TLane>(panel, rows, first, source.Stride * rowStep, depth, target, targetStride, Ahead(product, next, nextPanel, tile));
        }
    }

    private float* Ahead(LoopProduct product, LoopProduct? next, int panel, int tile) => next is null ? null : product.Ahead(next, panel, tile);

    private float* PanelRows(in Share share, int panel) =>
        (float*)memory.InputRows[share.Worker] + ((nint)(panel - share.FirstPanel) * memory.Blocks.RowCapacity * memory.InputColumns);

    // Where row 0 of a step would stand among the results of its block.
    private float* BlockRow(in Share share, int order, int panel)
    {
        nint row = context.Split == LoopSplit.BatchRows
            ? ((nint)(context.StepAt(order) - share.BlockStep) * (share.EndRow - share.FirstRow)) - share.FirstRow
            : context.FirstRow(order) - share.BlockRow;
        return PanelRows(share, panel) + (row * memory.InputColumns);
    }

    // The products of inputs of a panel; their rows by themselves where the slots do not all stand in them.
    private RowPointer PointInputs(in Share share, float* row, int unit)
    {
        for (int slot = 0; !share.Infers && slot < memory.SlotOffsets.Length; slot++)
        {
            if (memory.SlotOffsets[slot] >= 0)
            {
                share.Frame->Inputs[slot] = new RowPointer(row + memory.SlotOffsets[slot] - unit, memory.InputColumns);
            }
        }

        return new RowPointer(row, memory.InputColumns);
    }

    // Values that a backward pass reads have rows of their own; those that nobody reads share one row of a panel.
    private void PointValues(in Share share, SequenceForwardArguments arguments, int order, int unit)
    {
        float* values = (float*)memory.ValueRows[share.Worker];
        for (int value = 0; !share.Infers && value < context.Graph.Values.Count; value++)
        {
            share.Frame->Values[value] = context.Request.NeedsGradient
                ? LoopContext.Rows(arguments.Values[value], context.FirstRow(order))
                : new RowPointer(values + (value * _phase.UnitBlock) - unit, 0);
        }
    }

    private void PointStep(StepFrame* frame, SequenceForwardArguments arguments, int order, bool isCarried, bool multiplies)
    {
        nint row = context.FirstRow(order);
        for (int slot = 0; slot < memory.SlotOffsets.Length; slot++)
        {
            if (!multiplies || memory.SlotOffsets[slot] < 0)
            {
                RowPointer inputs = LoopContext.Rows(arguments.Inputs, row);
                frame->Inputs[slot] = new RowPointer(inputs.Base + context.InputOffset(slot), inputs.Stride);
            }
        }

        for (int state = 0; state < memory.IsKept.Length; state++)
        {
            bool isKept = memory.IsKept[state];
            frame->NextStates[state] = isKept ? LoopContext.Rows(arguments.States[state], row) : memory.Turns[order & 1][state];
            frame->PreviousStates[state] = !isCarried ? context.RowsOrZeros(arguments.InitialStates[state], 0)
                : isKept ? LoopContext.Rows(arguments.States[state], context.FirstRow(order - 1))
                : memory.Turns[(order - 1) & 1][state];
        }
    }

    private void PointVectors(StepFrame* frame, SequenceForwardArguments arguments)
    {
        for (int vector = 0; vector < context.Graph.Parameters.Count; vector++)
        {
            frame->Parameters[vector] = new RowPointer(arguments.Parameters[vector].HostPointer, 0);
        }
    }

    // Each worker copies what it wrote, so nobody waits behind the last step.
    private void CopyFinalStates(SequenceForwardArguments arguments, in Share share)
    {
        int first = share.FirstPanel * _phase.UnitBlock;
        int width = Math.Min(share.EndPanel * _phase.UnitBlock, _phase.Node.Width) - first;
        if (width <= 0)
        {
            return;
        }

        int last = context.Layout.TimeSteps - 1;
        for (int row = share.FirstRow; row < share.EndRow; row++)
        {
            int order = last;
            while (order >= 0 && row >= context.RowsAt(order))
            {
                order--;
            }

            for (int state = 0; state < memory.IsKept.Length; state++)
            {
                RowPointer source = order < 0 ? context.RowsOrZeros(arguments.InitialStates[state], 0)
                    : memory.IsKept[state] ? LoopContext.Rows(arguments.States[state], context.FirstRow(order))
                    : memory.Turns[order & 1][state];
                float* target = LoopContext.Rows(arguments.FinalStates[state], 0).At(row, first);
                new ReadOnlySpan<float>(source.At(row, first), width).CopyTo(new Span<float>(target, width));
            }
        }
    }

    // What one worker owns, and where the present block of its input products begins.
    private struct Share
    {
        public int Worker;
        public int FirstRow;
        public int EndRow;
        public int FirstPanel;
        public int EndPanel;
        public int BlockStep;
        public int BlockRow;
        public bool IsReversed;
        public StepFrame* Frame;

        // True where no value is kept and every input slot of a row stands in one row, at StepFrame.InputOffsets; then Inputs is row 0 of the present panel.
        public bool Infers;
        public RowPointer Inputs;

        public readonly int PanelCount => EndPanel - FirstPanel;

        // Steps go through the panels forwards and backwards in turn: what a step reads last, the next one finds in the cache.
        public readonly int Panel(int number) => IsReversed ? EndPanel - 1 - number : FirstPanel + number;

        // The lower one of two neighbours.
        public readonly int Pair(int number) => IsReversed ? EndPanel - 2 - number : FirstPanel + number;
    }

    // The rows of a step, in nearly equal tiles.
    private readonly struct Tiles(int firstRow, int rows, int count)
    {
        public int FirstRow => firstRow;

        public int Count => count;

        public int Start(int tile) => firstRow + PanelShape.TileStart(rows, count, tile);
    }
}
