using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>A time loop as a sequence of plain launches: the graph's nodes in order, step after step.</summary>
internal sealed class StepwiseSequenceLoop : ISequenceLoop
{
    private readonly StepGraph _graph;
    private readonly SequenceLayout _layout;
    private readonly bool _isReverse;
    private readonly int[] _stepOrder;
    private readonly RowOperations _operations;
    private readonly StepwiseMemory _memory;
    private readonly StepwiseNormalisation _normalisation;
    private readonly int[] _productOffsets;
    private readonly Dictionary<StepNode, (LoadedKernel Kernel, object[] Arguments)> _forwardNodes;
    private readonly Dictionary<StepNode, (LoadedKernel Kernel, object[] Arguments)> _backwardNodes;
    private readonly List<ProductNode> _products;
    private readonly bool _normalisesInputs;

    /// <summary>Allocates the loop's scratch and loads its kernels.</summary>
    public StepwiseSequenceLoop(Device device, RowOperations operations, SequenceLoopRequest request)
    {
        _graph = request.Graph;
        _layout = request.Layout;
        _isReverse = request.IsReverse;
        _operations = operations;
        _memory = new StepwiseMemory(device, operations, _graph, _layout.BatchSize);
        _normalisation = new StepwiseNormalisation(device, request, _memory);
        _productOffsets = [.. _graph.ProductSlotOffsets];
        _products = [.. _graph.StepProducts];
        _normalisesInputs = _graph.Normalisations.Any(node => node.Source == NormalisationSource.Inputs);
        IEnumerable<int> steps = Enumerable.Range(0, _layout.TimeSteps);
        _stepOrder = [.. _isReverse ? steps.Reverse() : steps];
        PointwiseNode[] nodes = [.. _graph.Nodes.OfType<PointwiseNode>()];
        _forwardNodes = nodes.ToDictionary(
            node => (StepNode)node, node => (device.Load(StepwiseSequenceExecutor.ForwardKernel(node)), _memory.ForwardArguments(node)));
        _backwardNodes = !request.NeedsGradient ? [] : nodes.ToDictionary(
            node => (StepNode)node, node => (device.Load(StepwiseSequenceExecutor.BackwardKernel(node)), _memory.BackwardArguments(node)));
        int nodeCount = _graph.Nodes.Count(node => !node.IsHoisted);
        Description = [$"{nodeCount} nodes a step, each with launches of its own"];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        for (int state = 0; state < _graph.States.Count; state++)
        {
            CopyOrClear(stream, arguments.InitialStates[state], _memory.Carry(state), _layout.BatchSize, _graph.States[state].Width);
        }

        LoadParameters(stream, arguments);
        for (int order = 0; order < _stepOrder.Length; order++)
        {
            int step = _stepOrder[order];
            int first = _layout.RowOffsets[step];
            int count = _layout.RowCounts[step];
            _operations.Copy(stream, arguments.Inputs.FromRow(first), _memory.Inputs.Rows, count, _graph.InputWidth);
            ForEachState((state, width) => _operations.Copy(stream, _memory.Carry(state), _memory.Previous(state), count, width));
            foreach (StepNode node in _graph.Nodes)
            {
                if (node.RunsAt(step))
                {
                    ForwardNode(stream, arguments, node, new StepwiseNormalisation.Position(order, first, count));
                }
                else if (node is PointwiseNode pointwise)
                {
                    ForEachUnits(pointwise, (state, unit) =>
                        _operations.Copy(stream, _memory.Previous(state).FromColumn(unit), _memory.Next(state).FromColumn(unit), count, pointwise.Width));
                }
            }

            if (_normalisesInputs)
            {
                _operations.Copy(stream, _memory.Inputs.Rows, arguments.Inputs.FromRow(first), count, _graph.InputWidth);
            }

            ForEachState((state, width) =>
            {
                _operations.Copy(stream, _memory.Next(state), _memory.Carry(state), count, width);
                _operations.Copy(stream, _memory.Next(state), arguments.States[state].FromRow(first), count, width);
            });
            for (int slot = 0; slot < _graph.Values.Count; slot++)
            {
                if (!arguments.Values[slot].IsAbsent)
                {
                    _operations.Copy(stream, _memory.Value(slot), arguments.Values[slot].FromRow(first), count, _graph.Values[slot].Width);
                }
            }
        }

        ForEachState((state, width) =>
            _operations.Copy(stream, _memory.Carry(state), arguments.FinalStates[state], _layout.BatchSize, width));
    }

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        ForEachState((state, width) =>
            CopyOrClear(stream, arguments.FinalStateGradients[state], _memory.Carry(state), _layout.BatchSize, width));
        LoadParameters(stream, arguments.Forward);
        RowsView parameterGradients = _memory.AllParameterGradients;
        _operations.Fill(stream, parameterGradients, _layout.BatchSize, parameterGradients.RowStride, 0);
        for (int order = _stepOrder.Length - 1; order >= 0; order--)
        {
            int step = _stepOrder[order];
            int first = _layout.RowOffsets[step];
            int count = _layout.RowCounts[step];
            LoadStep(stream, arguments, step);
            foreach (StepNode node in _graph.Nodes.Reverse())
            {
                if (node.RunsAt(step))
                {
                    BackwardNode(stream, arguments.Forward, node, new StepwiseNormalisation.Position(order, first, count));
                }
                else if (node is PointwiseNode pointwise)
                {
                    ForEachUnits(pointwise, (state, unit) => _operations.Add(
                        stream, _memory.NextGradient(state).FromColumn(unit), _memory.PreviousGradient(state).FromColumn(unit), count, pointwise.Width));
                }
            }

            if (!arguments.RecordedGradient.IsAbsent)
            {
                // Complete only now: nodes of the step itself may have read the state and added to it.
                RowsView total = _memory.NextGradient(_graph.OutputState);
                _operations.Copy(stream, total, arguments.RecordedGradient.FromRow(first), count, _graph.OutputWidth);
            }

            ForEachState((state, width) => _operations.Copy(stream, _memory.PreviousGradient(state), _memory.Carry(state), count, width));
            _operations.Copy(stream, _memory.InputGradients.Rows, arguments.InputGradients.FromRow(first), count, _graph.InputWidth);
            for (int product = 0; product < _products.Count; product++)
            {
                RowsView gradient = ProductRows(_memory.ProductGradients, _products[product]);
                _operations.Copy(stream, gradient, arguments.ProductGradients[product].FromRow(first), count, _products[product].Rows);
            }
        }

        StoreGradients(stream, arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _normalisation.Dispose();
        _memory.Dispose();
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

    private void CopyOrClear(DeviceStream stream, RowsView source, RowsView target, int rowCount, int width)
    {
        if (source.IsAbsent)
        {
            _operations.Fill(stream, target, rowCount, width, 0);
        }
        else
        {
            _operations.Copy(stream, source, target, rowCount, width);
        }
    }

    private void LoadParameters(DeviceStream stream, SequenceForwardArguments arguments)
    {
        for (int slot = 0; slot < _graph.Parameters.Count; slot++)
        {
            int width = _graph.Parameters[slot].Width;
            _operations.Copy(stream, arguments.Parameters[slot].AsRows(width), _memory.Parameter(slot), 1, width);
        }
    }

    private void ForwardNode(DeviceStream stream, SequenceForwardArguments arguments, StepNode node, StepwiseNormalisation.Position position)
    {
        int count = position.Count;
        if (node is PointwiseNode pointwise)
        {
            (LoadedKernel kernel, object[] kernelArguments) = _forwardNodes[node];
            kernel.Launch(stream, new Index1D(count * pointwise.Width), kernelArguments);
        }
        else if (node is ProductNode { IsHoisted: false } product)
        {
            int number = _products.IndexOf(product);
            _operations.Product(stream, new MatrixProduct
            {
                A = Source(product.Source).FromColumn(product.FirstSourceUnit),
                B = arguments.Weights[number].AsRows(product.SourceWidth).FromRow(product.FirstRow),
                TransposeB = true,
                C = ProductRows(_memory.Products, product),
                Bias = product.Bias is null ? default : arguments.Biases[number].SubView(product.FirstRow, product.Rows),
                M = count,
                N = product.Rows,
                K = product.SourceWidth,
            });
        }
        else if (node is ReductionNode reduction)
        {
            ForwardReduction(stream, reduction, count);
        }
        else if (node is NormalisationNode normalisation)
        {
            _normalisation.Forward(stream, arguments, normalisation, position);
        }
    }

    private void BackwardNode(DeviceStream stream, SequenceForwardArguments arguments, StepNode node, StepwiseNormalisation.Position position)
    {
        int count = position.Count;
        if (node is PointwiseNode pointwise)
        {
            (LoadedKernel kernel, object[] kernelArguments) = _backwardNodes[node];
            kernel.Launch(stream, new Index1D(count * pointwise.Width), kernelArguments);
        }
        else if (node is ProductNode { IsHoisted: false } product)
        {
            _operations.Product(stream, new MatrixProduct
            {
                A = ProductRows(_memory.ProductGradients, product),
                B = arguments.Weights[_products.IndexOf(product)].AsRows(product.SourceWidth).FromRow(product.FirstRow),
                C = SourceGradient(product.Source).FromColumn(product.FirstSourceUnit),
                Accumulate = true,
                M = count,
                N = product.SourceWidth,
                K = product.Rows,
            });
        }
        else if (node is ReductionNode reduction)
        {
            BackwardReduction(stream, reduction, count);
        }
        else if (node is NormalisationNode normalisation)
        {
            _normalisation.Backward(stream, normalisation, position);
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

    private RowsView ProductRows(PlanRegion region, ProductNode product)
    {
        return region.Rows.FromColumn(_productOffsets[product.FirstSlot]);
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

    /// <summary>Brings back what the step's forward pass saw, and the gradients of its states.</summary>
    private void LoadStep(DeviceStream stream, SequenceBackwardArguments arguments, int step)
    {
        SequenceForwardArguments forward = arguments.Forward;
        int first = _layout.RowOffsets[step];
        int count = _layout.RowCounts[step];
        _operations.Copy(stream, forward.Inputs.FromRow(first), _memory.Inputs.Rows, count, _graph.InputWidth);
        _operations.Fill(stream, _memory.AllStateGradients, count, _memory.AllStateGradients.RowStride, 0);
        if (_graph.HasPeriods)
        {
            // What does not run at this step leaves these as they are.
            _operations.Fill(stream, _memory.InputGradients.Rows, count, _graph.InputWidth, 0);
            _operations.Fill(stream, _memory.ProductGradients.Rows, count, _graph.ProductWidth, 0);
        }

        _operations.Fill(stream, _memory.AllValueGradients, count, _memory.AllValueGradients.RowStride, 0);
        ForEachState((state, width) =>
        {
            LoadPrevious(stream, forward, step, state, width);
            _operations.Copy(stream, forward.States[state].FromRow(first), _memory.Next(state), count, width);
            _operations.Copy(stream, _memory.Carry(state), _memory.NextGradient(state), count, width);
            if (!arguments.StateGradients[state].IsAbsent)
            {
                _operations.Add(stream, arguments.StateGradients[state].FromRow(first), _memory.NextGradient(state), count, width);
            }
        });
        for (int slot = 0; slot < _graph.Values.Count; slot++)
        {
            _operations.Copy(stream, forward.Values[slot].FromRow(first), _memory.Value(slot), count, _graph.Values[slot].Width);
        }
    }

    private void LoadPrevious(DeviceStream stream, SequenceForwardArguments forward, int step, int state, int width)
    {
        int previous = _isReverse ? step + 1 : step - 1;
        bool exists = previous >= 0 && previous < _layout.TimeSteps;
        int count = _layout.RowCounts[step];
        int carried = exists ? Math.Min(count, _layout.RowCounts[previous]) : 0;
        if (carried > 0)
        {
            RowsView source = forward.States[state].FromRow(_layout.RowOffsets[previous]);
            _operations.Copy(stream, source, _memory.Previous(state), carried, width);
        }

        if (carried < count)
        {
            RowsView initial = forward.InitialStates[state].FromRow(carried);
            CopyOrClear(stream, initial, _memory.Previous(state).FromRow(carried), count - carried, width);
        }
    }

    private void StoreGradients(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        ForEachState((state, width) =>
        {
            if (!arguments.InitialStateGradients[state].IsAbsent)
            {
                _operations.Copy(stream, _memory.Carry(state), arguments.InitialStateGradients[state], _layout.BatchSize, width);
            }
        });
        for (int slot = 0; slot < _graph.Parameters.Count; slot++)
        {
            int width = _graph.Parameters[slot].Width;
            _operations.Product(stream, new MatrixProduct
            {
                A = _memory.Ones,
                B = _memory.ParameterGradient(slot),
                C = arguments.ParameterGradients[slot].AsRows(width),
                Accumulate = true,
                M = 1,
                N = width,
                K = _layout.BatchSize,
            });
        }
    }
}
