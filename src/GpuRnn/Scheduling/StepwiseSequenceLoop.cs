using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>A time loop as a sequence of plain launches: the graph's nodes in order, step after step.</summary>
internal sealed class StepwiseSequenceLoop : ISequenceLoop
{
    private readonly StepGraph _graph;
    private readonly SequenceLayout _layout;
    private readonly LoopRows _rows;
    private readonly RowOperations _operations;
    private readonly StepwiseMemory _memory;
    private readonly StepwiseNodes _nodes;
    private readonly StepwiseProducts _products;
    private readonly StepwiseNormalisation _normalisation;
    private readonly int[] _productOffsets;
    private readonly bool _writesValueGradients;

    /// <summary>Allocates the loop's scratch.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="operations">Row moves and products.</param>
    /// <param name="request">The loop.</param>
    /// <param name="lanes">Numbers of the vectors in which a thread computes gradients; 1 for none.</param>
    /// <param name="runsForward">False where another loop runs the forward passes.</param>
    public StepwiseSequenceLoop(Device device, RowOperations operations, SequenceLoopRequest request, int lanes, bool runsForward = true)
    {
        _graph = request.Graph;
        _layout = request.Layout;
        _operations = operations;
        _rows = new LoopRows(device, _layout, request.IsReverse);
        _memory = new StepwiseMemory(device, operations, request);
        _nodes = new StepwiseNodes(device, _graph, _memory, lanes);
        _products = new StepwiseProducts(operations, request, _ => runsForward, request.NeedsGradient);
        _normalisation = new StepwiseNormalisation(device, request, _memory);
        _productOffsets = [.. _graph.ProductSlotOffsets];
        StepNode[] stepNodes = [.. _graph.Nodes.Where(node => !node.IsHoisted)];

        // Behind one product and one node nobody reads a value within the step.
        _writesValueGradients = _graph.Values.Count > 0
            && (stepNodes.OfType<PointwiseNode>().Count() > 1 || stepNodes.Any(node => node is ReductionNode or NormalisationNode or ProductNode { Source.Kind: StepSourceKind.Value }));
        Description = [$"{stepNodes.Length} nodes a step, each with launches of its own"];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        _nodes.Bind(arguments);
        _products.LoadForward(stream, arguments);
        _memory.LoadParameters(stream, _operations, arguments);

        // A row that begins later finds its initial state in either half.
        for (int half = 0; half < 2; half++)
        {
            ForEachState((state, width) => _operations.CopyOrClear(stream, arguments.InitialStates[state], _memory.Previous(state), _layout.BatchSize, width));
            _memory.Swap();
        }

        foreach (LoopRows.Step step in _rows.Steps)
        {
            _memory.Begin(step);
            foreach (StepNode node in _graph.Nodes)
            {
                if (node.RunsAt(step.Number))
                {
                    ForwardNode(stream, arguments, node);
                }
                else if (node is PointwiseNode pointwise)
                {
                    ForEachUnits(pointwise, (state, unit) =>
                        _operations.Copy(stream, _memory.Previous(state).FromColumn(unit), _memory.Next(state).FromColumn(unit), step.Count, pointwise.Width));
                }
            }

            ForEachState((state, width) => _operations.Copy(stream, _memory.Next(state), arguments.States[state].FromRow(step.FirstRow), step.Count, width));
            _memory.Swap();
        }

        // Rows without a step lie where they were put.
        ForEachState((state, width) =>
            _rows.StoreFinal(stream, _operations, arguments.States[state], _memory.Previous(state), arguments.FinalStates[state], width));
    }

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        _nodes.Bind(arguments);
        _products.LoadBackward(stream, arguments.Forward);
        _memory.LoadParameters(stream, _operations, arguments.Forward);
        _memory.BeginGradients(stream, _operations, _layout, arguments);
        int loadedRows = 0;
        foreach (LoopRows.Step step in _rows.Steps.Reverse())
        {
            _memory.Begin(step);
            LoadStep(stream, arguments, loadedRows);
            loadedRows = step.Count;
            foreach (StepNode node in _graph.Nodes.Reverse())
            {
                if (node.RunsAt(step.Number))
                {
                    BackwardNode(stream, arguments.Forward, node);
                }
                else if (node is PointwiseNode pointwise)
                {
                    ForEachUnits(pointwise, (state, unit) => _operations.Add(
                        stream, _memory.NextGradient(state).FromColumn(unit), _memory.PreviousGradient(state).FromColumn(unit), step.Count, pointwise.Width));
                }
            }

            if (!arguments.RecordedGradient.IsAbsent)
            {
                // Complete only now: nodes of the step itself may have read the state and added to it.
                RowsView total = _memory.NextGradient(_graph.OutputState);
                _operations.Copy(stream, total, arguments.RecordedGradient.FromRow(step.FirstRow), step.Count, _graph.OutputWidth);
            }

            _operations.Copy(stream, _memory.PreviousGradients, _memory.NextGradients, step.Count, _memory.StateWidth);
            _memory.Swap();
        }

        _memory.StoreGradients(stream, _operations, arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _normalisation.Dispose();
        _products.Dispose();
        _nodes.Dispose();
        _memory.Dispose();
        _rows.Dispose();
    }

    private void ForEachState(Action<int, int> action)
    {
        for (int state = 0; state < _graph.States.Count; state++)
        {
            action(state, _graph.States[state].Width);
        }
    }

    private static void ForEachUnits(PointwiseNode node, Action<int, int> action)
    {
        foreach (int state in node.WrittenStates)
        {
            action(state, node.FirstUnit);
        }
    }

    private void ForwardNode(DeviceStream stream, SequenceForwardArguments arguments, StepNode node)
    {
        if (node is PointwiseNode pointwise)
        {
            _nodes.Forward(stream, pointwise);
        }
        else if (node is ProductNode { IsHoisted: false } product)
        {
            RowsView target = _memory.Products.Rows.FromColumn(_productOffsets[product.FirstSlot]);
            _products.RunForward(stream, arguments, product, Source(product.Source), target, _memory.Step.Count);
        }
        else if (node is ReductionNode reduction)
        {
            ForwardReduction(stream, reduction, _memory.Step.Count);
        }
        else if (node is NormalisationNode normalisation)
        {
            _normalisation.Forward(stream, arguments, normalisation, _memory.Step);
        }
    }

    private void BackwardNode(DeviceStream stream, SequenceForwardArguments arguments, StepNode node)
    {
        if (node is PointwiseNode pointwise)
        {
            _nodes.Backward(stream, pointwise);
        }
        else if (node is ProductNode { IsHoisted: false } product)
        {
            _products.RunBackward(stream, arguments, product, _memory.ProductGradient(product), SourceGradient(product.Source), _memory.Step.Count);
        }
        else if (node is ReductionNode reduction)
        {
            BackwardReduction(stream, reduction, _memory.Step.Count);
        }
        else if (node is NormalisationNode normalisation)
        {
            _normalisation.Backward(stream, normalisation, _memory.Step);
        }
    }

    /// <summary>A sum over the row is a product with a column of ones; one over the batch, one with a square of ones.</summary>
    private void ForwardReduction(DeviceStream stream, ReductionNode node, int count)
    {
        bool isRow = node.Axis == ReductionAxis.Row;
        RowsView source = _memory.Value(node.SourceValue);
        _operations.Product(stream, new MatrixProduct
        {
            A = isRow ? source : _memory.Ones,
            B = isRow ? _memory.Ones : source,
            C = _memory.Value(node.TargetValue),
            M = count,
            N = isRow ? 1 : node.Width,
            K = isRow ? node.Width : count,
        });
    }

    /// <summary>Every summand receives the sum's gradient: that of all units (row) or rows (batch) that read it together.</summary>
    private void BackwardReduction(DeviceStream stream, ReductionNode node, int count)
    {
        bool isRow = node.Axis == ReductionAxis.Row;
        RowsView gradient = _memory.ValueGradient(node.TargetValue);
        _operations.Product(stream, new MatrixProduct
        {
            A = isRow ? gradient : _memory.Ones,
            B = isRow ? _memory.Ones : gradient,
            C = _memory.ValueGradient(node.SourceValue),
            Accumulate = true,
            M = count,
            N = node.Width,
            K = isRow ? _memory.ValueGradientWidth(node.TargetValue) : count,
        });
    }

    private RowsView Source(StepSource source)
    {
        return source.Kind switch
        {
            StepSourceKind.PreviousState => _memory.Previous(source.Index),
            StepSourceKind.CurrentState => _memory.Next(source.Index),
            _ => _memory.Value(source.Index),
        };
    }

    private RowsView SourceGradient(StepSource source)
    {
        return source.Kind switch
        {
            StepSourceKind.PreviousState => _memory.PreviousGradient(source.Index),
            StepSourceKind.CurrentState => _memory.NextGradient(source.Index),
            _ => _memory.ValueGradient(source.Index),
        };
    }

    /// <summary>Brings back the states that the step's forward pass saw, and adds to the gradients of the new ones what comes from outside.</summary>
    /// <param name="stream">The queue.</param>
    /// <param name="arguments">The pass.</param>
    /// <param name="loadedRows">Rows of the step's new states that are there: they were old in the step that ran before.</param>
    private void LoadStep(DeviceStream stream, SequenceBackwardArguments arguments, int loadedRows)
    {
        SequenceForwardArguments forward = arguments.Forward;
        LoopRows.Step step = _memory.Step;
        _operations.Fill(stream, _memory.PreviousGradients, step.Count, _memory.StateWidth, 0);
        if (_writesValueGradients)
        {
            _operations.Fill(stream, _memory.ValueGradients.Rows, step.Count, _memory.ValueGradients.Width, 0);
        }

        ForEachState((state, width) =>
        {
            if (loadedRows < step.Count)
            {
                RowsView missing = forward.States[state].FromRow(step.FirstRow + loadedRows);
                _operations.Copy(stream, missing, _memory.Next(state).FromRow(loadedRows), step.Count - loadedRows, width);
            }

            _operations.Copy(stream, forward.States[state].FromRow(step.PreviousRow), _memory.Previous(state), step.Carried, width);
            if (step.Carried < step.Count)
            {
                RowsView initial = forward.InitialStates[state].FromRow(step.Carried);
                _operations.CopyOrClear(stream, initial, _memory.Previous(state).FromRow(step.Carried), step.Count - step.Carried, width);
            }

            if (!arguments.StateGradients[state].IsAbsent)
            {
                _operations.Add(stream, arguments.StateGradients[state].FromRow(step.FirstRow), _memory.NextGradient(state), step.Count, width);
            }
        });
    }
}
