using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>Everything that one step of a stepwise loop touches, in one buffer, and the table that tells the kernels where.</summary>
/// <remarks>A region has a row for each row of the batch; what a step needs is copied in, what it made is copied out.</remarks>
internal sealed class StepwiseMemory : IDisposable
{
    private readonly PlanMemory _memory;
    private readonly StepGraph _graph;
    private readonly int[] _stateOffsets;
    private readonly int[] _valueOffsets;
    private readonly int[] _valueGradientOffsets;
    private readonly int[] _parameterOffsets;
    private readonly PlanRegion _states;
    private readonly PlanRegion _stateGradients;
    private readonly PlanRegion _carry;
    private readonly PlanRegion _values;
    private readonly PlanRegion _valueGradients;
    private readonly PlanRegion _parameters;
    private readonly PlanRegion _parameterGradients;
    private readonly PlanRegion _ones;
    private readonly Dictionary<(int Unit, int Input, int Product), DeviceBuffer<int>> _tables = [];

    /// <summary>Divides and allocates the memory of a loop.</summary>
    public StepwiseMemory(Device device, RowOperations operations, StepGraph graph, int batchSize)
    {
        _graph = graph;
        _memory = new PlanMemory(device);
        WidestNode = graph.Nodes.OfType<PointwiseNode>().Select(node => node.Width).DefaultIfEmpty(1).Max();
        _stateOffsets = Offsets(graph.States.Select(state => state.Width));
        _valueOffsets = Offsets(graph.Values.Select(value => value.Width));
        _valueGradientOffsets = Offsets(Enumerable.Range(0, graph.Values.Count).Select(ValueGradientWidth));
        _parameterOffsets = Offsets(graph.Parameters.Select(parameter => parameter.Width));
        Inputs = _memory.Reserve(batchSize, graph.InputWidth);
        InputGradients = _memory.Reserve(batchSize, graph.InputWidth);
        Products = _memory.Reserve(batchSize, graph.ProductWidth);
        ProductGradients = _memory.Reserve(batchSize, graph.ProductWidth);
        _states = _memory.Reserve(batchSize, 2 * _stateOffsets[^1]);
        _stateGradients = _memory.Reserve(batchSize, 2 * _stateOffsets[^1]);
        _carry = _memory.Reserve(batchSize, _stateOffsets[^1]);
        _values = _memory.Reserve(batchSize, _valueOffsets[^1]);
        _valueGradients = _memory.Reserve(batchSize, _valueGradientOffsets[^1]);
        _parameters = _memory.Reserve(1, _parameterOffsets[^1]);
        _parameterGradients = _memory.Reserve(batchSize, _parameterOffsets[^1]);
        int longest = Math.Max(batchSize, Math.Max(WidestNode, graph.Values.Select(value => value.Width).DefaultIfEmpty(1).Max()));
        _ones = _memory.Reserve(1, longest);
        _memory.Commit();
        operations.Fill(device.DefaultStream, _ones.Rows, 1, longest, 1);
        foreach (PointwiseNode node in graph.Nodes.OfType<PointwiseNode>().DistinctBy(Shift))
        {
            int[] table = BuildTable(node);
            DeviceBuffer<int> buffer = device.Allocate<int>(table.Length);
            buffer.CopyFrom(table);
            _tables.Add(Shift(node), buffer);
        }
    }

    /// <summary>Units of the widest node: the gradient of a sum over the row has one element for each.</summary>
    public int WidestNode { get; }

    /// <summary>Hoisted products of the step.</summary>
    public PlanRegion Inputs { get; }

    /// <summary>Their gradients.</summary>
    public PlanRegion InputGradients { get; }

    /// <summary>The step's products.</summary>
    public PlanRegion Products { get; }

    /// <summary>Their gradients.</summary>
    public PlanRegion ProductGradients { get; }

    /// <summary>Gradients of all values.</summary>
    public RowsView AllValueGradients => _valueGradients.Rows;

    /// <summary>Gradients of all states at t and t−1.</summary>
    public RowsView AllStateGradients => _stateGradients.Rows;

    /// <summary>Gradients of all learned vectors, apart by row.</summary>
    public RowsView AllParameterGradients => _parameterGradients.Rows;

    /// <summary>A matrix of ones with any number of rows, which are all the same memory.</summary>
    public RowsView Ones => new(_ones.View, 0);

    /// <summary>The newest value of a state, or of its gradient, for every row of the batch.</summary>
    public RowsView Carry(int state)
    {
        return _carry.Rows.FromColumn(_stateOffsets[state]);
    }

    /// <summary>A state at t−1.</summary>
    public RowsView Previous(int state)
    {
        return _states.Rows.FromColumn(_stateOffsets[state]);
    }

    /// <summary>A state at t.</summary>
    public RowsView Next(int state)
    {
        return _states.Rows.FromColumn(_stateOffsets[^1] + _stateOffsets[state]);
    }

    /// <summary>The gradient of a state at t−1.</summary>
    public RowsView PreviousGradient(int state)
    {
        return _stateGradients.Rows.FromColumn(_stateOffsets[state]);
    }

    /// <summary>The gradient of a state at t.</summary>
    public RowsView NextGradient(int state)
    {
        return _stateGradients.Rows.FromColumn(_stateOffsets[^1] + _stateOffsets[state]);
    }

    /// <summary>A value.</summary>
    public RowsView Value(int slot)
    {
        return _values.Rows.FromColumn(_valueOffsets[slot]);
    }

    /// <summary>The gradient of a value, <see cref="ValueGradientWidth"/> elements a row.</summary>
    public RowsView ValueGradient(int slot)
    {
        return _valueGradients.Rows.FromColumn(_valueGradientOffsets[slot]);
    }

    /// <summary>All learned vectors, one behind the other.</summary>
    public ArrayView<float> AllParameters => _parameters.View;

    /// <summary>Where a learned vector begins among all, and its gradient in a row of theirs.</summary>
    public int ParameterOffset(int slot)
    {
        return _parameterOffsets[slot];
    }

    /// <summary>A learned vector.</summary>
    public RowsView Parameter(int slot)
    {
        return _parameters.Rows.FromColumn(_parameterOffsets[slot]);
    }

    /// <summary>The gradient of a learned vector, apart by row.</summary>
    public RowsView ParameterGradient(int slot)
    {
        return _parameterGradients.Rows.FromColumn(_parameterOffsets[slot]);
    }

    /// <summary>Elements a row of a value's gradient.</summary>
    public int ValueGradientWidth(int slot)
    {
        return IsRowSum(slot) ? WidestNode : _graph.Values[slot].Width;
    }

    /// <summary>True for a sum over the row, which every unit reads, in nodes of whatever width.</summary>
    private bool IsRowSum(int slot)
    {
        return _graph.Nodes.OfType<ReductionNode>().Any(node => node.Axis == ReductionAxis.Row && node.TargetValue == slot);
    }

    /// <summary>The arguments of a node's forward kernel, the same for every step.</summary>
    public object[] ForwardArguments(PointwiseNode node)
    {
        return [Inputs.View, Products.View, _states.View, _values.View, _parameters.View, _tables[Shift(node)].View, node.Width, 0, 0, 0, 0];
    }

    /// <summary>The arguments of a node's backward kernel, the same for every step.</summary>
    public object[] BackwardArguments(PointwiseNode node)
    {
        ArrayView<float> none = _ones.View;
        return
        [
            Inputs.View, _states.View, OrElse(_values, none), OrElse(_parameters, none), InputGradients.View, ProductGradients.View,
            _stateGradients.View, OrElse(_valueGradients, none), OrElse(_parameterGradients, none), _tables[Shift(node)].View, node.Width, 0, 0, 0, 0, 0,
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceBuffer<int> table in _tables.Values)
        {
            table.Dispose();
        }

        _memory.Dispose();
    }

    private static ArrayView<float> OrElse(PlanRegion region, ArrayView<float> other)
    {
        return region.Width == 0 ? other : region.View;
    }

    /// <summary>The start of each entry, and the sum at the end.</summary>
    private static int[] Offsets(IEnumerable<int> widths)
    {
        List<int> offsets = [0];
        foreach (int width in widths)
        {
            offsets.Add(offsets[^1] + width);
        }

        return [.. offsets];
    }

    // Nodes that see the same slots share a table.
    private static (int Unit, int Input, int Product) Shift(PointwiseNode node)
    {
        return (node.FirstUnit, node.FirstInputSlot, node.FirstProductSlot);
    }

    private int[] BuildTable(PointwiseNode node)
    {
        int states = 2 * _stateOffsets[^1];
        StepSlot[] inputs = [.. _graph.InputSlotOffsets.Skip(node.FirstInputSlot).Select(offset => new StepSlot(offset, _graph.InputWidth))];
        StepSlot[] products = [.. _graph.ProductSlotOffsets.Skip(node.FirstProductSlot).Select(offset => new StepSlot(offset, _graph.ProductWidth))];
        StepSlot[] previous = [.. _graph.States.Select((_, state) => new StepSlot(_stateOffsets[state] + node.FirstUnit, states))];
        StepSlot[] next = [.. previous.Select(slot => slot with { Offset = slot.Offset + _stateOffsets[^1] })];
        return StepSlotTable.Build(new Dictionary<StepSlotKind, IReadOnlyList<StepSlot>>
        {
            [StepSlotKind.Input] = inputs,
            [StepSlotKind.InputGradient] = inputs,
            [StepSlotKind.Product] = products,
            [StepSlotKind.ProductGradient] = products,
            [StepSlotKind.PreviousState] = previous,
            [StepSlotKind.PreviousStateGradient] = previous,
            [StepSlotKind.NextState] = next,
            [StepSlotKind.NextStateGradient] = next,
            [StepSlotKind.Value] =
                [.. _graph.Values.Select((value, slot) => new StepSlot(_valueOffsets[slot], _valueOffsets[^1], IsRowSum(slot) ? 0 : 1))],
            [StepSlotKind.ValueGradient] =
                [.. _graph.Values.Select((_, slot) => new StepSlot(_valueGradientOffsets[slot], _valueGradientOffsets[^1]))],
            [StepSlotKind.Parameter] = [.. _graph.Parameters.Select((_, slot) => new StepSlot(_parameterOffsets[slot], 0))],
            [StepSlotKind.ParameterGradient] =
                [.. _graph.Parameters.Select((_, slot) => new StepSlot(_parameterOffsets[slot], _parameterOffsets[^1]))],
        });
    }
}
