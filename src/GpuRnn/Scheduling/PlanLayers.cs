using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Scheduling;

/// <summary>The loops of all layers of a plan, and the memory between them.</summary>
internal sealed class PlanLayers : IDisposable
{
    private readonly SequenceSpecification _specification;
    private readonly PlanMemory _memory;
    private readonly List<LoopPlan[]> _loops = [];
    private readonly List<PlanRegion> _histories = [];
    private readonly List<PlanRegion> _factors = [];
    private readonly List<PlanRegion> _dropped = [];
    private readonly PlanRegion _packedInput;
    private readonly PlanRegion? _packedInputGradient;
    private readonly PlanRegion[] _gradients = [];
    private readonly int _marginRows;

    /// <summary>Builds every loop and allocates the plan's buffer.</summary>
    public PlanLayers(Device device, SequenceSpecification specification, PlanRows rows, RowOperations operations)
    {
        _specification = specification;
        _memory = new PlanMemory(device);
        _marginRows = specification.NeedsGradient ? specification.BatchSize : 0;
        long rowCount = (long)specification.TimeSteps * specification.BatchSize;
        _packedInput = _memory.Reserve(rowCount, specification.InputSize);
        int inputWidth = specification.InputSize;
        List<CellParameter> parameters = [];
        PlanRegion? ones = null;
        for (int layer = 0; layer < specification.LayerCount; layer++)
        {
            StepGraph graph = specification.Cell.BuildGraph(inputWidth, specification.HiddenSize);
            IReadOnlyList<CellParameter> own = specification.Cell.Parameters(inputWidth, specification.HiddenSize);
            PlanChecks.RequireOneSequence(graph);
            CellCheck.Require(graph, own);
            States = graph.States;
            StateWidth = graph.OutputWidth;
            inputWidth = OutputWidth;
            _histories.Add(specification.NeedsGradient
                ? _memory.Reserve(rowCount + (2 * _marginRows), OutputWidth)
                : _memory.ReserveShared($"outputs {layer % 2}", rowCount, OutputWidth));
            LoopPlan[] loops = new LoopPlan[specification.DirectionCount];
            for (int direction = 0; direction < loops.Length; direction++)
            {
                int number = (layer * loops.Length) + direction;
                LoopPosition position = new(graph, own, layer, direction, number, parameters.Count);
                LoopMemory memory =
                    new(_memory, position, _histories[layer], rowCount, specification.BatchSize, specification.NeedsGradient);
                loops[direction] = new LoopPlan(memory, operations, rows, position);
                parameters.AddRange(own);
                ones = memory.Ones;
            }

            _loops.Add(loops);
            ReserveDropout(layer, rowCount);
        }

        Parameters = parameters;
        if (specification.NeedsGradient)
        {
            _packedInputGradient = _memory.Reserve(rowCount, specification.InputSize);
            _gradients = [_memory.Reserve(rowCount, OutputWidth), _memory.Reserve(rowCount, OutputWidth)];
        }

        _memory.Commit();
        if (ones is not null)
        {
            operations.Fill(device.DefaultStream, ones.Rows, checked((int)rowCount), 1, 1);
        }
    }

    /// <summary>All parameters: layer, direction, cell parameter.</summary>
    public IReadOnlyList<CellParameter> Parameters { get; }

    /// <summary>The states of each loop.</summary>
    public IReadOnlyList<StepState> States { get; } = [];

    /// <summary>The width of the output state of one direction.</summary>
    public int StateWidth { get; }

    /// <summary>D·StateWidth.</summary>
    public int OutputWidth => _specification.DirectionCount * StateWidth;

    /// <summary>Bytes of the buffer.</summary>
    public long SizeInBytes => _memory.SizeInBytes;

    /// <summary>The input's packed rows.</summary>
    public RowsView PackedInput => _packedInput.Rows;

    /// <summary>The gradient of the input's packed rows.</summary>
    public RowsView PackedInputGradient => _packedInputGradient!.Rows;

    /// <summary>The directions of a layer.</summary>
    public IReadOnlyList<LoopPlan> Loops(int layer)
    {
        return _loops[layer];
    }

    /// <summary>The outputs of a layer, [rows, OutputWidth], from the first packed row on.</summary>
    public RowsView History(int layer)
    {
        return _histories[layer].Rows.FromRow(_marginRows);
    }

    /// <summary>What the layer above reads of a layer: its outputs, dropped if asked for.</summary>
    public RowsView Dropped(int layer)
    {
        return _dropped.Count == 0 ? History(layer) : _dropped[layer].Rows;
    }

    /// <summary>The dropout factors of a layer's outputs.</summary>
    public RowsView Factors(int layer)
    {
        return _factors[layer].Rows;
    }

    /// <summary>One of two arrays in turn: the gradient of what a layer reads is that of the layer below it.</summary>
    public RowsView Gradient(int layer)
    {
        return _gradients[layer % 2].Rows;
    }

    /// <summary>Chooses and prepares the executor of every loop for the present lengths.</summary>
    /// <returns>The choice of each loop; none when no row has a step.</returns>
    public ScheduleChoice[] Prepare(Device device)
    {
        List<ScheduleChoice> choices = [];
        foreach (LoopPlan loop in _loops.SelectMany(loops => loops))
        {
            loop.Prepare(request =>
            {
                ScheduleChoice choice = ScheduleTable.Choose(device, request, _specification.ScheduleOverride);
                choices.Add(choice);
                return choice.Executor;
            });
        }

        return [.. choices];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoopPlan loop in _loops.SelectMany(loops => loops))
        {
            loop.Dispose();
        }

        _memory.Dispose();
    }

    private void ReserveDropout(int layer, long rowCount)
    {
        if (_specification.FillDropoutFactors is not null && layer < _specification.LayerCount - 1)
        {
            _factors.Add(_memory.Reserve(rowCount, OutputWidth));
            _dropped.Add(_memory.Reserve(rowCount, OutputWidth));
        }
    }
}
