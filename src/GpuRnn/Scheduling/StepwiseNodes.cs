using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>The pointwise nodes of a loop of plain launches: their kernels, and the tables that tell these where each slot lies.</summary>
internal sealed class StepwiseNodes : IDisposable
{
    private const int ForwardRows = 7;
    private const int BackwardRows = 11;

    private readonly Device _device;
    private readonly StepGraph _graph;
    private readonly StepwiseMemory _memory;
    private readonly PointwiseNode[] _nodes;
    private readonly int _lanes;
    private readonly Pass _forward = new();
    private readonly Pass _backward = new();

    /// <summary>Remembers the nodes; a pass loads its kernels when it runs first.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="graph">The cell's step.</param>
    /// <param name="memory">The loop's memory.</param>
    /// <param name="lanes">Numbers of the vectors in which a thread computes gradients; 1 for none.</param>
    public StepwiseNodes(Device device, StepGraph graph, StepwiseMemory memory, int lanes)
    {
        _lanes = StepwiseSequenceExecutor.Lanes(graph, lanes);
        _device = device;
        _graph = graph;
        _memory = memory;
        _nodes = [.. graph.Nodes.OfType<PointwiseNode>()];
    }

    /// <summary>Takes the memory of a forward pass.</summary>
    public void Bind(SequenceForwardArguments arguments)
    {
        if (_memory.Bind(arguments))
        {
            (_forward.IsReady, _backward.IsReady) = (false, false);
        }

        if (!_forward.IsReady)
        {
            _forward.Take(_device, _nodes, StepwiseSequenceExecutor.ForwardKernel, node => BuildTable(node, isBackward: false), ForwardArguments);
        }
    }

    /// <summary>Takes the memory of a backward pass.</summary>
    public void Bind(SequenceBackwardArguments arguments)
    {
        if (_memory.Bind(arguments.Forward))
        {
            (_forward.IsReady, _backward.IsReady) = (false, false);
        }

        if (_memory.Bind(arguments))
        {
            _backward.IsReady = false;
        }

        if (!_backward.IsReady)
        {
            _backward.Take(_device, _nodes, node => StepwiseSequenceExecutor.BackwardKernel(node, _lanes), node => BuildTable(node, isBackward: true), BackwardArguments);
        }
    }

    /// <summary>Runs a node on the rows of the step.</summary>
    public void Forward(DeviceStream stream, PointwiseNode node)
    {
        (LoadedKernel kernel, object[] arguments) = _forward.Launches[node];
        SetRows(arguments, ForwardRows);
        kernel.Launch(stream, new Index1D(_memory.Step.Count * node.Width), arguments);
    }

    /// <summary>Runs a node's gradient on the rows of the step.</summary>
    public void Backward(DeviceStream stream, PointwiseNode node)
    {
        (LoadedKernel kernel, object[] arguments) = _backward.Launches[node];
        SetRows(arguments, BackwardRows);
        arguments[BackwardRows + 4] = _memory.Step.Boxed[0];
        if (_lanes == 1)
        {
            kernel.Launch(stream, new Index1D(_memory.Step.Count * node.Width), arguments);
        }
        else
        {
            Index2D vectors = new(_memory.Step.Count, (node.Width + _lanes - 1) / _lanes);
            kernel.Launch(stream, new KernelConfig(vectors, new Index2D(1, 1)), arguments);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }

    // Nodes that see the same slots share a table.
    private static (int Unit, int Input, int Product) Shift(PointwiseNode node)
    {
        return (node.FirstUnit, node.FirstInputSlot, node.FirstProductSlot);
    }

    // Both halves of the states are one region.
    private int[] BuildTable(PointwiseNode node, bool isBackward)
    {
        StepSlot[] states = [.. _graph.States.Select((_, state) => new StepSlot(_memory.StateOffset(state) + node.FirstUnit, _memory.StateWidth))];
        return StepTables.Build(_graph, _memory, node, states, [], isBackward);
    }

    private void SetRows(object[] arguments, int first)
    {
        object row = _memory.Step.Boxed[0];
        arguments[first] = row;
        arguments[first + 1] = _memory.PreviousStateRow;
        arguments[first + 2] = _memory.NextStateRow;
        arguments[first + 3] = _memory.AllValues is null ? 0 : row;
    }

    private object[] ForwardArguments(PointwiseNode node, ArrayView<int> table)
    {
        ArrayView<float> none = _memory.Ones.Memory;
        return
        [
            Inputs(none), _memory.Products.View.OrElse(none), _memory.States.View, Values(), _memory.Parameters.View, table, node.Width, 0, 0, 0, 0,
        ];
    }

    private object[] BackwardArguments(PointwiseNode node, ArrayView<int> table)
    {
        ArrayView<float> none = _memory.Ones.Memory;
        return
        [
            Inputs(none), _memory.States.View, Values(), _memory.Parameters.View.OrElse(none),
            _memory.AllInputGradients.IsAbsent ? none : _memory.AllInputGradients.Memory, _memory.AllProductGradients?.View ?? none,
            _memory.StateGradients.View, _memory.ValueGradients.View.OrElse(none), _memory.ParameterGradients.View.OrElse(none), table, node.Width, 0, 0, 0, 0, 0,
        ];
    }

    private ArrayView<float> Inputs(ArrayView<float> none)
    {
        return _memory.AllInputs.IsAbsent ? none : _memory.AllInputs.Memory;
    }

    private ArrayView<float> Values()
    {
        return _memory.AllValues?.View ?? _memory.Values.View.OrElse(_memory.Ones.Memory);
    }

    /// <summary>The launches of one pass.</summary>
    private sealed class Pass : IDisposable
    {
        private readonly Dictionary<(int Unit, int Input, int Product), DeviceBuffer<int>> _tables = [];
        private readonly Dictionary<PointwiseNode, LoadedKernel> _kernels = [];

        /// <summary>True while <see cref="Launches"/> fit the memory that is bound.</summary>
        public bool IsReady { get; set; }

        public Dictionary<PointwiseNode, (LoadedKernel Kernel, object[] Arguments)> Launches { get; } = [];

        public void Take(
            Device device,
            PointwiseNode[] nodes,
            Func<PointwiseNode, System.Reflection.MethodInfo> kernelOf,
            Func<PointwiseNode, int[]> tableOf,
            Func<PointwiseNode, ArrayView<int>, object[]> argumentsOf)
        {
            foreach (PointwiseNode node in nodes.DistinctBy(Shift))
            {
                int[] table = tableOf(node);
                if (!_tables.TryGetValue(Shift(node), out DeviceBuffer<int>? buffer))
                {
                    _tables[Shift(node)] = buffer = device.Allocate<int>(table.Length);
                }

                buffer.CopyFrom(table);
            }

            foreach (PointwiseNode node in nodes)
            {
                if (!_kernels.TryGetValue(node, out LoadedKernel? kernel))
                {
                    _kernels[node] = kernel = device.Load(kernelOf(node));
                }

                Launches[node] = (kernel, argumentsOf(node, _tables[Shift(node)].View));
            }

            IsReady = true;
        }

        public void Dispose()
        {
            foreach (DeviceBuffer<int> table in _tables.Values)
            {
                table.Dispose();
            }
        }
    }
}
