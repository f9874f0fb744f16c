using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Simd.Sequences;

/// <summary>What the forward and the backward pass of a loop share: steps in execution order, ownership, and the tables of a step.</summary>
internal sealed unsafe class LoopContext
{
    private readonly int[] _inputOffsets;
    private readonly int[] _productOffsets;
    private readonly LoopProduct[] _products;

    /// <summary>Gathers the parts.</summary>
    public LoopContext(SequenceLoopRequest request, IReadOnlyList<LoopPhase> phases, LoopBuffers buffers, LoopSplit split)
    {
        Request = request;
        Phases = phases;
        Buffers = buffers;
        Split = split;
        _products = [.. phases.SelectMany(phase => phase.Products)];
        _inputOffsets = [.. request.Graph.InputSlotOffsets];
        _productOffsets = [.. request.Graph.ProductSlotOffsets];
    }

    /// <summary>The request.</summary>
    public SequenceLoopRequest Request { get; }

    /// <summary>The cell's step.</summary>
    public StepGraph Graph => Request.Graph;

    /// <summary>The rows of each step.</summary>
    public SequenceLayout Layout => Request.Layout;

    /// <summary>The phases of a step.</summary>
    public IReadOnlyList<LoopPhase> Phases { get; }

    /// <summary>Scratch memory.</summary>
    public LoopBuffers Buffers { get; }

    /// <summary>What threads own.</summary>
    public LoopSplit Split { get; }

    /// <summary>Where an input slot begins in a row of the inputs.</summary>
    public int InputOffset(int slot) => _inputOffsets[slot];

    /// <summary>Where a product slot begins in a row of all products.</summary>
    public int ProductOffset(int slot) => _productOffsets[slot];

    /// <summary>The time step that is executed as number <paramref name="order"/>.</summary>
    public int StepAt(int order) => Request.IsReverse ? Layout.TimeSteps - 1 - order : order;

    /// <summary>Rows of the step executed as number <paramref name="order"/>; 0 outside the loop.</summary>
    public int RowsAt(int order) => order < 0 || order >= Layout.TimeSteps ? 0 : Layout.RowCounts[StepAt(order)];

    /// <summary>Rows of a step that have a previous step; the others start from their initial state.</summary>
    public int CarriedRows(int order) => Math.Min(RowsAt(order), RowsAt(order - 1));

    /// <summary>First packed row of the step executed as number <paramref name="order"/>.</summary>
    public int FirstRow(int order) => Layout.RowOffsets[StepAt(order)];

    /// <summary>The batch rows that a worker owns.</summary>
    public void OwnedRows(int worker, int workerCount, out int first, out int end)
    {
        bool all = Split != LoopSplit.BatchRows;
        first = all ? 0 : Share(Layout.BatchSize, worker, workerCount);
        end = all ? Layout.BatchSize : Share(Layout.BatchSize, worker + 1, workerCount);
    }

    /// <summary>The panels out of <paramref name="count"/> that a worker owns.</summary>
    public void OwnedPanels(int count, int worker, int workerCount, out int first, out int end)
    {
        bool all = Split != LoopSplit.HiddenUnits;
        first = all ? 0 : Share(count, worker, workerCount);
        end = all ? count : Share(count, worker + 1, workerCount);
    }

    /// <summary>The units of a phase that a worker owns.</summary>
    public void OwnedUnits(LoopPhase phase, int worker, int workerCount, out int first, out int count)
    {
        OwnedPanels(phase.PanelCount, worker, workerCount, out int firstPanel, out int endPanel);
        first = firstPanel * phase.UnitBlock;
        count = Math.Max(0, Math.Min(endPanel * phase.UnitBlock, phase.Node.Width) - first);
    }

    /// <summary>The rows and units of a phase with normalisations that a worker owns behind its products.</summary>
    /// <remarks>Normalisations of rows need whole rows, those over the rows whole columns, whatever threads own of the products.</remarks>
    public StagedShare OwnedStaged(LoopPhase phase, int rows, int worker, int workerCount)
    {
        if (phase.NormalisesRows)
        {
            OwnedRows(worker, workerCount, out int first, out int end);
            return Split == LoopSplit.HiddenUnits
                ? new StagedShare(Share(rows, worker, workerCount), Share(rows, worker + 1, workerCount), 0, phase.Node.Width)
                : new StagedShare(first, Math.Min(end, rows), 0, phase.Node.Width);
        }

        OwnedPanels(phase.PanelCount, worker, workerCount, out int firstPanel, out int endPanel);
        int unit = firstPanel * phase.UnitBlock;
        return new StagedShare(0, rows, unit, Math.Max(unit, Math.Min(endPanel * phase.UnitBlock, phase.Node.Width)));
    }

    /// <summary>Points the tables at a step: everything the forward pass reads and writes.</summary>
    /// <param name="frame">The worker's tables.</param>
    /// <param name="arguments">The pass's memory.</param>
    /// <param name="order">The step's number in execution order.</param>
    /// <param name="isCarried">True for rows with a previous step, false for rows that start here.</param>
    public void PointForward(StepFrame* frame, SequenceForwardArguments arguments, int order, bool isCarried)
    {
        nint row = FirstRow(order);
        RowPointer inputs = Rows(arguments.Inputs, row);
        for (int slot = 0; slot < _inputOffsets.Length; slot++)
        {
            frame->Inputs[slot] = new RowPointer(inputs.Base + _inputOffsets[slot], inputs.Stride);
        }

        for (int state = 0; state < Graph.States.Count; state++)
        {
            frame->NextStates[state] = Rows(arguments.States[state], row);
            frame->PreviousStates[state] = isCarried
                ? Rows(arguments.States[state], FirstRow(order - 1))
                : RowsOrZeros(arguments.InitialStates[state], 0);
        }

        for (int value = 0; value < Graph.Values.Count; value++)
        {
            frame->Values[value] = arguments.Values.Count <= value || arguments.Values[value].IsAbsent
                ? Buffers.ScratchValues[value]
                : Rows(arguments.Values[value], row);
        }

        for (int parameter = 0; parameter < Graph.Parameters.Count; parameter++)
        {
            frame->Parameters[parameter] = new RowPointer(arguments.Parameters[parameter].HostPointer, 0);
        }
    }

    /// <summary>Points the tables at a step: the gradients that the backward pass reads and writes.</summary>
    public void PointBackward(StepFrame* frame, SequenceBackwardArguments arguments, int order, int worker)
    {
        nint row = FirstRow(order);
        RowPointer inputs = Rows(arguments.InputGradients, row);
        for (int slot = 0; slot < _inputOffsets.Length; slot++)
        {
            frame->InputGradients[slot] = new RowPointer(inputs.Base + _inputOffsets[slot], inputs.Stride);
        }

        foreach (LoopProduct product in _products)
        {
            RowPointer gradients = Rows(arguments.ProductGradients[product.Index], row);
            for (int block = 0; block < product.Node.BlockCount; block++)
            {
                int slot = product.Node.FirstSlot + block;
                frame->ProductGradients[slot] = new RowPointer(gradients.Base + (block * product.Node.BlockWidth), gradients.Stride);
            }
        }

        bool isOdd = (order & 1) != 0;
        for (int state = 0; state < Graph.States.Count; state++)
        {
            frame->OuterGradients[state] = RowsOrZeros(arguments.StateGradients[state], row);
            frame->StateGradients[state] = isOdd ? Buffers.StateGradients[state] : Buffers.PreviousGradients[state];
            frame->PreviousGradients[state] = isOdd ? Buffers.PreviousGradients[state] : Buffers.StateGradients[state];
        }

        for (int value = 0; value < Graph.Values.Count; value++)
        {
            frame->ValueGradients[value] = Buffers.ValueGradients[value];
        }

        for (int parameter = 0; parameter < Graph.Parameters.Count; parameter++)
        {
            frame->ParameterGradients[parameter] =
                new RowPointer((float*)Buffers.ParameterSums[worker] + Buffers.ParameterOffsets[parameter], 0);
        }
    }

    /// <summary>Moves the tables so that a node finds its own slots and units at 0, or back.</summary>
    /// <param name="frame">The worker's tables.</param>
    /// <param name="node">The node.</param>
    /// <param name="direction">1 to the node, −1 back.</param>
    public void Shift(StepFrame* frame, PointwiseNode node, int direction)
    {
        if (!node.IsShifted)
        {
            return;
        }

        frame->Inputs += direction * node.FirstInputSlot;
        frame->InputGradients += direction * node.FirstInputSlot;
        frame->ProductOffsets += direction * node.FirstProductSlot;
        frame->ProductGradients += direction * node.FirstProductSlot;
        nint units = direction * node.FirstUnit;
        for (int state = 0; state < Graph.States.Count; state++)
        {
            frame->PreviousStates[state] = frame->PreviousStates[state].Moved(units);
            frame->NextStates[state] = frame->NextStates[state].Moved(units);
            frame->StateGradients[state] = frame->StateGradients[state].Moved(units);
            frame->OuterGradients[state] = frame->OuterGradients[state].Moved(units);
            frame->PreviousGradients[state] = frame->PreviousGradients[state].Moved(units);
        }
    }

    /// <summary>Rows of a view from packed row <paramref name="row"/> on.</summary>
    public static RowPointer Rows(RowsView view, nint row) => new(view.Memory.HostPointer + (row * view.RowStride), view.RowStride);

    /// <summary>Rows of a view, or the zero row for all where the view is absent.</summary>
    public RowPointer RowsOrZeros(RowsView view, nint row) => view.IsAbsent ? new RowPointer(Buffers.ZeroRow, 0) : Rows(view, row);

    private static int Share(int count, int worker, int workerCount) => (int)((long)count * worker / workerCount);
}
