using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>Where one loop's arrays lie in the plan's buffer.</summary>
/// <remarks>
/// What the backward pass reads belongs to the loop; everything else is taken from <see cref="PlanMemory.ReserveShared"/>, where the
/// loops of a plan, which run one after the other, use the same elements.
/// </remarks>
internal sealed class LoopMemory
{
    private readonly PlanRegion _outputHistory;
    private readonly StepGraph _graph;
    private readonly LoopPosition _position;
    private readonly PlanRegion?[] _productGradients = [];
    private readonly int _batchSize;

    /// <summary>Divides the memory of one loop.</summary>
    /// <param name="memory">The plan's buffer.</param>
    /// <param name="position">The loop.</param>
    /// <param name="outputHistory">The layer's outputs: [rows with margins, D·width].</param>
    /// <param name="rowCount">T·B.</param>
    /// <param name="batchSize">B.</param>
    /// <param name="needsGradient">True to keep what the backward pass reads.</param>
    /// <param name="records">True to keep the gradients of the output state.</param>
    public LoopMemory(
        PlanMemory memory, LoopPosition position, PlanRegion outputHistory, long rowCount, int batchSize, bool needsGradient, bool records)
    {
        _graph = position.Graph;
        _outputHistory = outputHistory;
        _position = position;
        _batchSize = batchSize;
        NeedsGradient = needsGradient;
        Inputs = needsGradient ? memory.Reserve(rowCount, _graph.InputWidth) : memory.ReserveShared("inputs", rowCount, _graph.InputWidth);
        Factors = memory.ReserveShared("mask", rowCount, _graph.Masks.Select(mask => mask.Width).DefaultIfEmpty(0).Max());
        Histories = [.. _graph.States.Select((state, number) => ReserveHistory(memory, state, number, rowCount))];
        Values = needsGradient ? [.. _graph.Values.Select(value => memory.Reserve(rowCount, value.Width))] : [];
        Initials = [.. _graph.States.Select((state, number) => needsGradient
            ? memory.Reserve(batchSize, state.Width)
            : memory.ReserveShared($"initial {number}", batchSize, state.Width))];
        Finals = PerState(memory, "final");
        if (!needsGradient)
        {
            return;
        }

        Recorded = records ? memory.Reserve(rowCount, _graph.OutputWidth) : null;
        FinalGradients = PerState(memory, "final gradient");
        InitialGradients = PerState(memory, "initial gradient");
        InputGradients = memory.ReserveShared("input gradients", rowCount, _graph.InputWidth);
        Sums = memory.ReserveShared("sums", 1, Math.Max(_graph.InputWidth, _graph.ProductWidth));
        Ones = memory.ReserveShared("ones", rowCount, 1);
        _productGradients = [.. _graph.StepProducts.Select((product, number) => product.TiedToInputSlot is null
            ? memory.ReserveShared($"product gradient {number}", rowCount, product.Rows)
            : null)];
        foreach (ProductNode product in _graph.StepProducts.Where(product => product.Source.Kind == StepSourceKind.PreviousState))
        {
            Gathered = memory.ReserveShared("gathered", rowCount, _graph.States[product.Source.Index].Width);
        }
    }

    /// <summary>True when everything that the backward pass reads is kept.</summary>
    public bool NeedsGradient { get; }

    /// <summary>Results of the hoisted nodes, [rows, InputWidth].</summary>
    public PlanRegion Inputs { get; }

    /// <summary>The factors of one mask as they are drawn, without gaps; empty where the graph has none.</summary>
    public PlanRegion Factors { get; }

    /// <summary>For each state its history with margins; null for the output state.</summary>
    public IReadOnlyList<PlanRegion?> Histories { get; }

    /// <summary>For each value its history; none in inference.</summary>
    public IReadOnlyList<PlanRegion> Values { get; }

    /// <summary>For each state, sorted initial states where they have no margin.</summary>
    public IReadOnlyList<PlanRegion> Initials { get; }

    /// <summary>For each state, sorted final states.</summary>
    public IReadOnlyList<PlanRegion> Finals { get; }

    /// <summary>For each state, sorted gradients of the final state.</summary>
    public IReadOnlyList<PlanRegion> FinalGradients { get; } = [];

    /// <summary>For each state, sorted gradients of the initial state.</summary>
    public IReadOnlyList<PlanRegion> InitialGradients { get; } = [];

    /// <summary>Gradients of the hoisted nodes' results, [rows, InputWidth]; null in inference, as all that follow.</summary>
    public PlanRegion? InputGradients { get; }

    /// <summary>The gradient of the output state at every step, [rows, width]; null where nobody asked for it.</summary>
    public PlanRegion? Recorded { get; }

    /// <summary>Row vectors at t−1 gathered for a weight's gradient.</summary>
    public PlanRegion? Gathered { get; }

    /// <summary>Sums over rows, one row.</summary>
    public PlanRegion? Sums { get; }

    /// <summary>One in every element, [rows].</summary>
    public PlanRegion? Ones { get; }

    /// <summary>The output state's history of this direction, margins included.</summary>
    public RowsView OutputHistory => _outputHistory.Rows.FromColumn(_position.Direction * _graph.OutputWidth);

    /// <summary>For each step product, its gradient; that of a tied product is part of the input gradients.</summary>
    public IEnumerable<RowsView> ProductGradients => _graph.StepProducts.Select((product, number) =>
        _productGradients[number]?.Rows ?? InputGradients!.Rows.FromColumn(_graph.InputSlotOffsets[product.TiedToInputSlot!.Value]));

    /// <summary>Rows of initial states in front of and behind a state's history.</summary>
    public int MarginRows(int state)
    {
        return NeedsGradient && (state == _graph.OutputState || IsMultiplied(state)) ? _batchSize : 0;
    }

    private bool IsMultiplied(int state)
    {
        return _graph.StepProducts.Any(product => product.Source == StepSource.PreviousState(state));
    }

    /// <remarks>
    /// In inference the layers share a history even where the upper one reads it: it does so before its own loop writes. The directions
    /// of a layer cannot share such a one, for both of the lower layer run before those of the upper.
    /// </remarks>
    private PlanRegion? ReserveHistory(PlanMemory memory, StepState state, int number, long rowCount)
    {
        string name = _position.StatesReadAbove[number] ? $"history {number}, direction {_position.Direction}" : $"history {number}";
        return number == _graph.OutputState ? null
            : NeedsGradient ? memory.Reserve(rowCount + (2 * MarginRows(number)), state.Width)
            : memory.ReserveShared(name, rowCount, state.Width);
    }

    private PlanRegion[] PerState(PlanMemory memory, string name)
    {
        return [.. _graph.States.Select((state, number) => memory.ReserveShared($"{name} {number}", _batchSize, state.Width))];
    }
}
