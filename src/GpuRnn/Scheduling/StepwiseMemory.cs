using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>What one step of a stepwise loop touches: inputs, values and gradients of products where the plan has them, all else in a buffer of the loop's.</summary>
/// <remarks>
/// The states of two neighbouring steps lie in two halves of a region, each with a row for each row of the batch; <see cref="Swap"/> lets what was
/// one step's new state be the next one's old. Rows that a step has not keep what they hold, in both halves.
/// </remarks>
internal sealed class StepwiseMemory : IDisposable
{
    private readonly PlanMemory _memory;
    private readonly StepGraph _graph;
    private readonly ProductNode[] _products;
    private readonly int _batchSize;
    private readonly int[] _stateOffsets;
    private readonly int[] _valueOffsets;
    private readonly int[] _valueGradientOffsets;
    private readonly int[] _parameterOffsets;
    private readonly PlanRegion _states;
    private readonly PlanRegion _stateGradients;
    private readonly PlanRegion _values;
    private readonly PlanRegion _valueGradients;
    private readonly PlanRegion _parameters;
    private readonly PlanRegion _parameterGradients;
    private readonly PlanRegion _ones;
    private RowsView[] _bound = [];
    private RowsView[] _boundBackward = [];
    private int _half;

    /// <summary>Divides and allocates the memory of a loop.</summary>
    public StepwiseMemory(Device device, RowOperations operations, SequenceLoopRequest request)
    {
        _graph = request.Graph;
        _products = [.. _graph.StepProducts];
        _batchSize = request.Layout.BatchSize;
        _memory = new PlanMemory(device);
        WidestNode = _graph.Nodes.OfType<PointwiseNode>().Select(node => node.Width).DefaultIfEmpty(1).Max();
        _stateOffsets = Offsets(_graph.States.Select(state => state.Width));
        _valueOffsets = Offsets(_graph.Values.Select(value => value.Width));
        _valueGradientOffsets = Offsets(Enumerable.Range(0, _graph.Values.Count).Select(ValueGradientWidth));
        _parameterOffsets = Offsets(_graph.Parameters.Select(parameter => parameter.Width));
        int gradientRows = request.NeedsGradient ? _batchSize : 0;
        Products = _memory.Reserve(_batchSize, _graph.ProductWidth);
        _states = _memory.Reserve(2L * _batchSize, _stateOffsets[^1]);
        _stateGradients = _memory.Reserve(gradientRows, 2 * _stateOffsets[^1]);
        _values = _memory.Reserve(request.NeedsGradient ? 0 : _batchSize, _valueOffsets[^1]);
        _valueGradients = _memory.Reserve(gradientRows, _valueGradientOffsets[^1]);
        _parameters = _memory.Reserve(1, _parameterOffsets[^1]);
        _parameterGradients = _memory.Reserve(gradientRows, _parameterOffsets[^1]);
        int longest = Math.Max(_batchSize, Math.Max(WidestNode, _graph.Values.Select(value => value.Width).DefaultIfEmpty(1).Max()));
        _ones = _memory.Reserve(1, longest);
        _memory.Commit();
        operations.Fill(device.DefaultStream, _ones.Rows, 1, longest, 1);
    }

    /// <summary>Units of the widest node: the gradient of a sum over the row has one element for each.</summary>
    public int WidestNode { get; }

    /// <summary>The step's products.</summary>
    public PlanRegion Products { get; }

    /// <summary>The inputs of all steps, as the plan gave them.</summary>
    public RowsView AllInputs { get; private set; }

    /// <summary>Their gradients.</summary>
    public RowsView AllInputGradients { get; private set; }

    /// <summary>The values of all steps; null where only those of one step are kept.</summary>
    public CommonMemory? AllValues { get; private set; }

    /// <summary>The gradients of the products of all steps; null for a graph without.</summary>
    public CommonMemory? AllProductGradients { get; private set; }

    /// <summary>Both halves of the states.</summary>
    public PlanRegion States => _states;

    /// <summary>Gradients of all states at t−1 and t, side by side.</summary>
    public PlanRegion StateGradients => _stateGradients;

    /// <summary>The values of one step, where those of all are not kept.</summary>
    public PlanRegion Values => _values;

    /// <summary>Gradients of all values.</summary>
    public PlanRegion ValueGradients => _valueGradients;

    /// <summary>All learned vectors, one behind the other.</summary>
    public PlanRegion Parameters => _parameters;

    /// <summary>Gradients of all learned vectors, apart by row.</summary>
    public PlanRegion ParameterGradients => _parameterGradients;

    /// <summary>A matrix of ones with any number of rows, which are all the same memory.</summary>
    public RowsView Ones => new(_ones.View, 0);

    /// <summary>The step that runs.</summary>
    public LoopRows.Step Step { get; private set; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The row of <see cref="States"/> at which the states at t−1 begin.</summary>
    public int PreviousStateRow => _half * _batchSize;

    /// <summary>The row of <see cref="States"/> at which the states at t begin.</summary>
    public int NextStateRow => (1 - _half) * _batchSize;

    /// <summary>The inputs of the step.</summary>
    public RowsView Inputs => AllInputs.FromRow(Step.FirstRow);

    /// <summary>Their gradients.</summary>
    public RowsView InputGradients => AllInputGradients.FromRow(Step.FirstRow);

    /// <summary>Gradients of all states at t−1.</summary>
    public RowsView PreviousGradients => _stateGradients.Rows;

    /// <summary>Gradients of all states at t.</summary>
    public RowsView NextGradients => _stateGradients.Rows.FromColumn(_stateOffsets[^1]);

    /// <summary>Units of all states together.</summary>
    public int StateWidth => _stateOffsets[^1];

    /// <summary>Takes the memory of a forward pass; true where it is not that of the pass before.</summary>
    public bool Bind(SequenceForwardArguments arguments)
    {
        bool isKept = arguments.Values.Count > 0 && arguments.Values.All(value => !value.IsAbsent);
        RowsView[] bound = [arguments.Inputs, .. isKept ? arguments.Values : []];
        if (bound.AsSpan().SequenceEqual(_bound))
        {
            return false;
        }

        _bound = bound;
        AllInputs = arguments.Inputs;
        AllValues = isKept ? new CommonMemory(arguments.Values, "values") : null;
        return true;
    }

    /// <summary>Takes the gradients' memory of a backward pass; true where it is not that of the pass before.</summary>
    public bool Bind(SequenceBackwardArguments arguments)
    {
        RowsView[] bound = [arguments.InputGradients, .. arguments.ProductGradients];
        if (bound.AsSpan().SequenceEqual(_boundBackward))
        {
            return false;
        }

        _boundBackward = bound;
        AllInputGradients = arguments.InputGradients;
        AllProductGradients = arguments.ProductGradients.Count > 0 ? new CommonMemory(arguments.ProductGradients, "gradients of the products") : null;
        return true;
    }

    /// <summary>Begins a step.</summary>
    public void Begin(LoopRows.Step step)
    {
        Step = step;
    }

    /// <summary>Ends a step: what was new is old from here on, or backwards the other way round.</summary>
    public void Swap()
    {
        _half = 1 - _half;
    }

    /// <summary>A state at t−1.</summary>
    public RowsView Previous(int state)
    {
        return _states.Rows.FromRow(PreviousStateRow).FromColumn(_stateOffsets[state]);
    }

    /// <summary>A state at t.</summary>
    public RowsView Next(int state)
    {
        return _states.Rows.FromRow(NextStateRow).FromColumn(_stateOffsets[state]);
    }

    /// <summary>The gradient of a state at t−1.</summary>
    public RowsView PreviousGradient(int state)
    {
        return PreviousGradients.FromColumn(_stateOffsets[state]);
    }

    /// <summary>The gradient of a state at t.</summary>
    public RowsView NextGradient(int state)
    {
        return NextGradients.FromColumn(_stateOffsets[state]);
    }

    /// <summary>A value.</summary>
    public RowsView Value(int slot)
    {
        return AllValues is null ? _values.Rows.FromColumn(_valueOffsets[slot]) : _bound[1 + slot].FromRow(Step.FirstRow);
    }

    /// <summary>The gradient of a value, <see cref="ValueGradientWidth"/> elements a row.</summary>
    public RowsView ValueGradient(int slot)
    {
        return _valueGradients.Rows.FromColumn(_valueGradientOffsets[slot]);
    }

    /// <summary>The gradient of a product's result.</summary>
    public RowsView ProductGradient(ProductNode product)
    {
        return _boundBackward[1 + Array.IndexOf(_products, product)].FromRow(Step.FirstRow);
    }

    /// <summary>The gradient of the product block in a slot, and of those behind it in the same product.</summary>
    public RowsView ProductGradient(int slot)
    {
        ProductNode product = Array.Find(_products, one => slot >= one.FirstSlot && slot < one.FirstSlot + one.BlockCount)!;
        return ProductGradient(product).FromColumn((slot - product.FirstSlot) * product.BlockWidth);
    }

    /// <summary>Where a state begins in a half's row.</summary>
    public int StateOffset(int state)
    {
        return _stateOffsets[state];
    }

    /// <summary>Where a value begins in a row of <see cref="Values"/>.</summary>
    public int ValueOffset(int slot)
    {
        return _valueOffsets[slot];
    }

    /// <summary>Where the gradient of a value begins in a row of theirs.</summary>
    public int ValueGradientOffset(int slot)
    {
        return _valueGradientOffsets[slot];
    }

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
    public bool IsRowSum(int slot)
    {
        return _graph.Nodes.OfType<ReductionNode>().Any(node => node.Axis == ReductionAxis.Row && node.TargetValue == slot);
    }

    /// <summary>Copies the learned vectors of a pass.</summary>
    public void LoadParameters(DeviceStream stream, RowOperations operations, SequenceForwardArguments arguments)
    {
        for (int slot = 0; slot < _graph.Parameters.Count; slot++)
        {
            int width = _graph.Parameters[slot].Width;
            operations.Copy(stream, arguments.Parameters[slot].AsRows(width), Parameter(slot), 1, width);
        }
    }

    /// <summary>Begins with the gradients of the final states, and clears what no node sets: gradients of masks, of what waits at a step, and sums.</summary>
    public void BeginGradients(DeviceStream stream, RowOperations operations, SequenceLayout layout, SequenceBackwardArguments arguments)
    {
        for (int state = 0; state < _graph.States.Count; state++)
        {
            operations.CopyOrClear(stream, arguments.FinalStateGradients[state], NextGradient(state), _batchSize, _graph.States[state].Width);
        }

        operations.Fill(stream, _parameterGradients.Rows, _batchSize, _parameterGradients.Width, 0);
        if (_graph.HasPeriods || _graph.Masks.Any())
        {
            operations.Fill(stream, arguments.InputGradients, layout.TotalRows, _graph.InputWidth, 0);
        }

        if (_graph.HasPeriods)
        {
            foreach ((ProductNode product, RowsView gradient) in _graph.StepProducts.Zip(arguments.ProductGradients))
            {
                operations.Fill(stream, gradient, layout.TotalRows, product.Rows, 0);
            }
        }
    }

    /// <summary>Hands out the gradients of the initial states and, summed over the rows, of the learned vectors.</summary>
    public void StoreGradients(DeviceStream stream, RowOperations operations, SequenceBackwardArguments arguments)
    {
        for (int state = 0; state < _graph.States.Count; state++)
        {
            if (!arguments.InitialStateGradients[state].IsAbsent)
            {
                operations.Copy(stream, NextGradient(state), arguments.InitialStateGradients[state], _batchSize, _graph.States[state].Width);
            }
        }

        for (int slot = 0; slot < _graph.Parameters.Count; slot++)
        {
            int width = _graph.Parameters[slot].Width;
            operations.Product(stream, new MatrixProduct
            {
                A = Ones,
                B = ParameterGradient(slot),
                C = arguments.ParameterGradients[slot].AsRows(width),
                Accumulate = true,
                M = 1,
                N = width,
                K = _batchSize,
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
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
}
