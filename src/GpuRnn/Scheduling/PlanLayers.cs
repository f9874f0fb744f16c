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
    private readonly List<PlanRegion?[]> _gradientsBelow = [];
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
        StepGraph[] graphs = BuildGraphs(specification);
        States = graphs[^1].States;
        StateWidth = graphs[^1].OutputWidth;
        OutputState = graphs[^1].OutputState;
        StatesReadBelow = [.. States.Select((_, state) => graphs.Any(graph => graph.ReadsSequence(state + 1)))];
        List<CellParameter> parameters = [];
        PlanRegion? ones = null;
        for (int layer = 0; layer < specification.LayerCount; layer++)
        {
            StepGraph graph = graphs[layer];
            IReadOnlyList<CellParameter> own = specification.Cell.Parameters(graph.SequenceWidths[0], specification.HiddenSize);
            _histories.Add(specification.NeedsGradient
                ? _memory.Reserve(rowCount + (2 * _marginRows), OutputWidth)
                : _memory.ReserveShared($"outputs {layer % 2}", rowCount, OutputWidth));
            LoopPlan[] loops = new LoopPlan[specification.DirectionCount];
            for (int direction = 0; direction < loops.Length; direction++)
            {
                int number = (layer * loops.Length) + direction;
                LoopPosition position = new(graph, own, layer, direction, number, parameters.Count, StatesReadBelow);
                LoopMemory memory =
                    new(
                    _memory,
                    position,
                    _histories[layer],
                    rowCount,
                    specification.BatchSize,
                    specification.NeedsGradient,
                    specification.RecordsGradients);
                loops[direction] = new LoopPlan(memory, operations, rows, position, specification.FillMask);
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
            ReserveGradientsBelow(rowCount);
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
    public IReadOnlyList<StepState> States { get; }

    /// <summary>For each state, whether a layer reads that of the layer below.</summary>
    public IReadOnlyList<bool> StatesReadBelow { get; }

    /// <summary>The width of the output state of one direction.</summary>
    public int StateWidth { get; }

    /// <summary>The number of the state whose history is the output.</summary>
    public int OutputState { get; }

    /// <summary>D·StateWidth.</summary>
    public int OutputWidth => _specification.DirectionCount * StateWidth;

    /// <summary>True where the time loops run the products of sequences themselves.</summary>
    public bool MultiplySequences => _loops.SelectMany(loops => loops).All(loop => loop.MultipliesSequences);

    /// <summary>Bytes of the buffer.</summary>
    public long SizeInBytes => _memory.SizeInBytes;

    /// <summary>The input's packed rows.</summary>
    public RowsView PackedInput => _packedInput.Rows;

    /// <summary>The gradient of the input's packed rows.</summary>
    public RowsView PackedInputGradient => _packedInputGradient!.Rows;

    /// <summary>The directions of a layer.</summary>
    public LoopPlan[] Loops(int layer)
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

    /// <summary>What a loop reads: x, and the states of the layer below in its direction.</summary>
    /// <param name="loop">The reader.</param>
    /// <param name="layerInput">x, [rows, I].</param>
    /// <returns>The loop's own array.</returns>
    public RowsView[] Sequences(LoopPlan loop, RowsView layerInput)
    {
        loop.Sequences[0] = layerInput;
        for (int sequence = 1; sequence < loop.Sequences.Length; sequence++)
        {
            loop.Sequences[sequence] = StateBelow(loop, sequence - 1);
        }

        return loop.Sequences;
    }

    /// <summary>Where a loop puts the gradients of what it reads.</summary>
    /// <param name="loop">The reader.</param>
    /// <param name="inputGradient">That of x; absent when not wanted.</param>
    public IReadOnlyList<RowsView> SequenceGradients(LoopPlan loop, RowsView inputGradient)
    {
        return PerSequence(loop, inputGradient, state => loop.Layer == 0 ? default : GradientBelow(loop.Direction, state));
    }

    /// <summary>The gradients of a loop's histories, from the loop above it that reads them.</summary>
    /// <param name="loop">The loop that wrote the states.</param>
    /// <param name="outputGradient">That of the output state, whoever reads it.</param>
    public IReadOnlyList<RowsView> StateGradients(LoopPlan loop, RowsView outputGradient)
    {
        bool isLast = loop.Layer == _specification.LayerCount - 1;
        return [.. Enumerable.Range(0, States.Count).Select(state =>
            state == OutputState ? outputGradient : isLast ? default : GradientBelow(loop.Direction, state))];
    }

    /// <summary>
    /// The gradient of a state of the layer below, as the last backward pass of that direction left it; absent where no cell reads it.
    /// </summary>
    /// <remarks>One array serves all layers: the lower loop reads it before it writes that of the layer below itself.</remarks>
    public RowsView GradientBelow(int direction, int state)
    {
        return _gradientsBelow.Count == 0 ? default : _gradientsBelow[direction][state]?.Rows ?? default;
    }

    /// <summary>Copies a region to the host; all work on it must be done.</summary>
    public float[] Read(PlanRegion region)
    {
        return _memory.Read(region);
    }

    /// <summary>Chooses and prepares the executor of every loop for the present lengths.</summary>
    /// <returns>The choice of each loop; none when no row has a step.</returns>
    public ScheduleChoice[] Prepare(Device device)
    {
        List<ScheduleChoice> choices = [];
        foreach (LoopPlan loop in _loops.SelectMany(loops => loops))
        {
            loop.Prepare(
                request =>
                {
                    ScheduleChoice choice = ScheduleTable.Choose(device, request, _specification.ScheduleOverride);
                    choices.Add(choice);
                    return choice.Executor;
                },
                _specification.Precision);
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

    private static StepGraph[] BuildGraphs(SequenceSpecification specification)
    {
        StepGraph[] graphs = new StepGraph[specification.LayerCount];
        int inputWidth = specification.InputSize;
        for (int layer = 0; layer < graphs.Length; layer++)
        {
            graphs[layer] = specification.Cell.BuildGraph(inputWidth, specification.HiddenSize);
            CellCheck.Require(graphs[layer], specification.Cell.Parameters(inputWidth, specification.HiddenSize));
            PlanChecks.RequireMasks(graphs[layer], specification);
            PlanChecks.RequireSequences(graphs[layer], inputWidth, graphs[Math.Max(0, layer - 1)].States);
            inputWidth = specification.DirectionCount * graphs[layer].OutputWidth;
        }

        return graphs;
    }

    private static RowsView[] PerSequence(LoopPlan loop, RowsView first, Func<int, RowsView> choose)
    {
        return [first, .. Enumerable.Range(0, loop.SequenceCount - 1).Select(choose)];
    }

    private RowsView StateBelow(LoopPlan loop, int state)
    {
        return loop.Layer == 0
            ? default
            : _loops[loop.Layer - 1][loop.Direction].History(state, History(loop.Layer - 1).FromColumn(loop.Direction * StateWidth));
    }

    private void ReserveGradientsBelow(long rowCount)
    {
        if (_specification.LayerCount == 1 || !StatesReadBelow.Contains(true))
        {
            return;
        }

        for (int direction = 0; direction < _specification.DirectionCount; direction++)
        {
            _gradientsBelow.Add(
                [.. States.Select((state, number) => StatesReadBelow[number] ? _memory.Reserve(rowCount, state.Width) : null)]);
        }
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
