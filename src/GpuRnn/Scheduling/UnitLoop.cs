using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>A time loop of one launch for all steps: units that hear only their own past need not wait for each other.</summary>
internal sealed class UnitLoop : ISequenceLoop
{
    private const int MostStates = 3;

    private readonly StepGraph _graph;
    private readonly SequenceLayout _layout;
    private readonly bool _isReverse;
    private readonly PointwiseNode _node;
    private readonly RowOperations _operations;
    private readonly StepwiseMemory _memory;
    private readonly PlanMemory _own;
    private readonly LoopInitials _initials;
    private readonly LoopRows _rows;
    private readonly DeviceBuffer<int> _steps;
    private readonly LoadedKernel _forward;
    private readonly LoadedKernel? _backward;
    private readonly UnitTable _forwardTable;
    private readonly UnitTable _backwardTable;
    private readonly int _existingRows;
    private readonly int _vectors;
    private readonly KernelConfig _launch;
    private ArrayView<float>[] _placed = [];

    /// <summary>Allocates the loop's scratch and loads its kernels.</summary>
    public UnitLoop(Device device, RowOperations operations, SequenceLoopRequest request, int lanes, int groupSize)
    {
        _graph = request.Graph;
        _layout = request.Layout;
        _isReverse = request.IsReverse;
        _node = _graph.Nodes.OfType<PointwiseNode>().Single();
        _operations = operations;
        _memory = new StepwiseMemory(device, operations, request);
        _own = new PlanMemory(device);
        _initials = new LoopInitials(_own, _graph, _layout.BatchSize);
        _own.Commit();
        _rows = new LoopRows(device, _layout, _isReverse);
        _existingRows = _layout.TimeSteps == 0 ? 0 : _layout.RowCounts[0];
        _steps = StepTable(device, _layout, _existingRows);
        _forward = device.Load(UnitLoopForward.Close(_node.Implementation, lanes));
        _backward = request.NeedsGradient ? device.Load(UnitLoopBackward.Close(_node.Implementation, lanes)) : null;
        _forwardTable = new UnitTable(device);
        _backwardTable = new UnitTable(device);
        _vectors = (_node.Width + lanes - 1) / lanes;
        _launch = new KernelConfig(new Index1D(((_existingRows * _vectors) + groupSize - 1) / groupSize), new Index1D(groupSize));
        string gradient = request.NeedsGradient ? ", and one for all steps backwards" : string.Empty;
        Description = [$"one launch for all steps{gradient}: {_existingRows * _vectors} threads of {lanes} units, none waits for another"];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        _placed = _initials.Place(stream, _operations, arguments);
        _memory.LoadParameters(stream, _operations, arguments);
        bool isMoved = _memory.Bind(arguments);
        _forwardTable.Place(isMoved, Strides(arguments), () => Table(arguments, isBackward: false));
        ArrayView<float> none = _memory.Ones.Memory;
        ArrayView<float> values = _memory.AllValues?.View ?? _memory.Values.View;
        _forward.Launch(
            stream, _launch,
            [
                arguments.Inputs.Memory, Initial(0), Initial(1), Initial(2), State(arguments, 0), State(arguments, 1), State(arguments, 2),
                values.Length == 0 ? none : values, _memory.Parameters.View.Length == 0 ? none : _memory.Parameters.View, _forwardTable.View, _steps.View,
                _node.Width, _vectors, _existingRows, _layout.TimeSteps, _isReverse ? 1 : 0, _memory.AllValues is null ? 0 : 1,
            ]);
        for (int state = 0; state < _graph.States.Count; state++)
        {
            _rows.StoreFinal(stream, _operations, arguments.States[state], _placed[state].AsRows(_node.Width), arguments.FinalStates[state], _node.Width);
        }
    }

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        if (_backward is null)
        {
            throw new InvalidOperationException(
                "UnitLoop.Backward: the loop was prepared for inference, but gradients were asked for. Request it with NeedsGradient: true.");
        }

        SequenceForwardArguments forward = arguments.Forward;
        bool isMoved = _memory.Bind(forward) | _memory.Bind(arguments);
        _backwardTable.Place(isMoved, Strides(forward), () => Table(forward, isBackward: true));
        _memory.BeginGradients(stream, _operations, _layout, arguments);
        ArrayView<float> none = _memory.Ones.Memory;
        RowsView Outside(int state) => state < arguments.StateGradients.Count && !arguments.StateGradients[state].IsAbsent
            ? arguments.StateGradients[state]
            : new RowsView(none, 0);
        _backward.Launch(
            stream, _launch,
            [
                forward.Inputs.Memory, Initial(0), Initial(1), Initial(2), State(forward, 0), State(forward, 1), State(forward, 2),
                (_memory.AllValues?.View ?? default).OrElse(none), _memory.Parameters.View.OrElse(none), arguments.InputGradients.Memory,
                Outside(0).Memory, Outside(1).Memory, Outside(2).Memory, _memory.StateGradients.View, _memory.ParameterGradients.View.OrElse(none),
                _backwardTable.View, _steps.View, _node.Width, _vectors, _existingRows, _layout.TimeSteps, _isReverse ? 1 : 0, _graph.States.Count,
                Outside(0).RowStride, Outside(1).RowStride, Outside(2).RowStride,
            ]);
        _memory.StoreGradients(stream, _operations, arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forwardTable.Dispose();
        _backwardTable.Dispose();
        _steps.Dispose();
        _rows.Dispose();
        _own.Dispose();
        _memory.Dispose();
    }

    /// <summary>Tells whether units of a step hear only their own past.</summary>
    public static SupportAnswer Read(StepGraph graph)
    {
        StepNode[] nodes = [.. graph.Nodes.Where(node => !node.IsHoisted)];
        return nodes is not [PointwiseNode node] ? SupportAnswer.No($"a step is {nodes.Length} nodes, and one launch for all steps runs one pointwise node without a product")
            : graph.HasPeriods || node.IsShifted ? SupportAnswer.No("its node runs every few steps or covers a part of a state, and one launch for all steps runs all units at every step")
            : graph.States.Count > MostStates ? SupportAnswer.No($"the cell has {graph.States.Count} states, and the kernel keeps at most {MostStates}")
            : graph.States.Any(state => state.Width != node.Width) ? SupportAnswer.No("its states differ in width, and a thread has the same units of all")
            : SupportAnswer.Yes("a step is one pointwise node without a product");
    }

    // The first packed row of each step, then the steps of each row.
    private static DeviceBuffer<int> StepTable(Device device, SequenceLayout layout, int rows)
    {
        int[] table = new int[layout.TimeSteps + rows];
        for (int step = 0; step < layout.TimeSteps; step++)
        {
            table[step] = layout.RowOffsets[step];
            for (int row = 0; row < layout.RowCounts[step]; row++)
            {
                table[layout.TimeSteps + row]++;
            }
        }

        DeviceBuffer<int> buffer = device.Allocate<int>(table.Length);
        buffer.CopyFrom(table);
        return buffer;
    }

    private static int[] Strides(SequenceForwardArguments arguments) => [.. arguments.States.Select(state => state.RowStride)];

    private ArrayView<float> Initial(int state) => _placed[Math.Min(state, _placed.Length - 1)];

    private ArrayView<float> State(SequenceForwardArguments arguments, int state) =>
        state < _graph.States.Count ? arguments.States[state].Memory : _memory.Ones.Memory;

    private int[] Table(SequenceForwardArguments arguments, bool isBackward)
    {
        StepSlot[] states = [.. arguments.States.Select(state => new StepSlot(0, state.RowStride))];
        StepSlot[] initial = [.. _graph.States.Select(state => new StepSlot(0, state.Width))];
        return StepTables.Build(_graph, _memory, _node, states, initial, isBackward);
    }

    /// <summary>A table that is built anew where the memory is other than at the pass before.</summary>
    private sealed class UnitTable(Device device) : IDisposable
    {
        private DeviceBuffer<int>? _buffer;
        private int[] _strides = [];

        public ArrayView1D<int, Stride1D.Dense> View => _buffer!.View;

        public void Place(bool isMoved, int[] strides, Func<int[]> build)
        {
            if (_buffer is not null && !isMoved && strides.AsSpan().SequenceEqual(_strides))
            {
                return;
            }

            int[] table = build();
            _strides = strides;
            _buffer ??= device.Allocate<int>(table.Length);
            _buffer.CopyFrom(table);
        }

        public void Dispose() => _buffer?.Dispose();
    }
}
