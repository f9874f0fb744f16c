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
    private readonly Pass _forward = new();
    private readonly Pass _backward = new();

    /// <summary>Remembers the nodes; a pass loads its kernels when it runs first.</summary>
    public StepwiseNodes(Device device, StepGraph graph, StepwiseMemory memory)
    {
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
            _backward.Take(_device, _nodes, StepwiseSequenceExecutor.BackwardKernel, node => BuildTable(node, isBackward: true), BackwardArguments);
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
        kernel.Launch(stream, new Index1D(_memory.Step.Count * node.Width), arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }

    private static ArrayView<float> OrElse(PlanRegion region, ArrayView<float> other)
    {
        return region.Width == 0 || region.View.Length == 0 ? other : region.View;
    }

    // Nodes that see the same slots share a table.
    private static (int Unit, int Input, int Product) Shift(PointwiseNode node)
    {
        return (node.FirstUnit, node.FirstInputSlot, node.FirstProductSlot);
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
            Inputs(none), OrElse(_memory.Products, none), _memory.States.View, Values(), _memory.Parameters.View, table, node.Width, 0, 0, 0, 0,
        ];
    }

    private object[] BackwardArguments(PointwiseNode node, ArrayView<int> table)
    {
        ArrayView<float> none = _memory.Ones.Memory;
        return
        [
            Inputs(none), _memory.States.View, Values(), OrElse(_memory.Parameters, none),
            _memory.AllInputGradients.IsAbsent ? none : _memory.AllInputGradients.Memory, _memory.AllProductGradients?.View ?? none,
            _memory.StateGradients.View, OrElse(_memory.ValueGradients, none), OrElse(_memory.ParameterGradients, none), table, node.Width, 0, 0, 0, 0, 0,
        ];
    }

    private ArrayView<float> Inputs(ArrayView<float> none)
    {
        return _memory.AllInputs.IsAbsent ? none : _memory.AllInputs.Memory;
    }

    private ArrayView<float> Values()
    {
        return _memory.AllValues?.View ?? OrElse(_memory.Values, _memory.Ones.Memory);
    }

    private int[] BuildTable(PointwiseNode node, bool isBackward)
    {
        StepwiseMemory memory = _memory;
        int stateStride = memory.StateWidth;
        StepSlot[] Inputs(int stride) => [.. _graph.InputSlotOffsets.Skip(node.FirstInputSlot).Select(offset => new StepSlot(offset, stride))];
        StepSlot[] States(int first, int stride) => [.. _graph.States.Select((_, state) => new StepSlot(first + memory.StateOffset(state) + node.FirstUnit, stride))];
        Dictionary<StepSlotKind, IReadOnlyList<StepSlot>> slots = new()
        {
            [StepSlotKind.Input] = Inputs(memory.AllInputs.RowStride),
            [StepSlotKind.Product] = [.. _graph.ProductSlotOffsets.Skip(node.FirstProductSlot).Select(offset => new StepSlot(offset, _graph.ProductWidth))],
            [StepSlotKind.PreviousState] = States(0, stateStride),
            [StepSlotKind.NextState] = States(0, stateStride),
            [StepSlotKind.Value] = [.. _graph.Values.Select((_, slot) => Value(slot))],
            [StepSlotKind.Parameter] = [.. _graph.Parameters.Select((_, slot) => new StepSlot(memory.ParameterOffset(slot), 0))],
        };
        if (isBackward)
        {
            slots[StepSlotKind.InputGradient] = Inputs(memory.AllInputGradients.RowStride);
            slots[StepSlotKind.ProductGradient] = [.. ProductGradients().Skip(node.FirstProductSlot)];
            slots[StepSlotKind.PreviousStateGradient] = States(0, 2 * stateStride);
            slots[StepSlotKind.NextStateGradient] = States(stateStride, 2 * stateStride);
            slots[StepSlotKind.ValueGradient] =
                [.. _graph.Values.Select((_, slot) => new StepSlot(memory.ValueGradientOffset(slot), memory.ValueGradients.Width))];
            slots[StepSlotKind.ParameterGradient] =
                [.. _graph.Parameters.Select((_, slot) => new StepSlot(memory.ParameterOffset(slot), memory.ParameterGradients.Width))];
        }

        return StepSlotTable.Build(slots);
    }

    private StepSlot Value(int slot)
    {
        int unitStride = _memory.IsRowSum(slot) ? 0 : 1;
        return _memory.AllValues is CommonMemory all
            ? new StepSlot(all.Offset(slot), all.Stride(slot), unitStride)
            : new StepSlot(_memory.ValueOffset(slot), _memory.Values.Width, unitStride);
    }

    // A product's blocks lie side by side, each product's rows by themselves.
    private IEnumerable<StepSlot> ProductGradients()
    {
        int number = 0;
        foreach (ProductNode product in _graph.StepProducts)
        {
            for (int block = 0; block < product.BlockCount; block++)
            {
                yield return new StepSlot(_memory.AllProductGradients!.Offset(number) + (block * product.BlockWidth), _memory.AllProductGradients.Stride(number));
            }

            number++;
        }
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
