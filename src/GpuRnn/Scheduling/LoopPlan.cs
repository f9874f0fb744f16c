using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>One layer in one direction: hoisted nodes, the time loop, and the products that gather its gradients.</summary>
/// <remarks>
/// With gradients, a state that a product reads at t−1 has B rows of initial states in front of its history (forward) or behind it
/// (reverse). Without lengths the states at t−1 are then the history moved by B rows, so one product over all rows gives the weight's
/// gradient; with lengths they are gathered first.
/// </remarks>
internal sealed class LoopPlan : IDisposable
{
    private readonly LoopMemory _memory;
    private readonly RowOperations _operations;
    private readonly PlanRows _rows;
    private readonly LoopPosition _position;
    private readonly Action<DeviceStream, ArrayView<float>, MaskNode>? _fillMask;
    private readonly StepGraph _graph;
    private readonly IReadOnlyDictionary<string, int> _parameterNumbers;
    private readonly ProductNode[] _hoistedProducts;
    private readonly SequenceNode[] _sequenceNodes;
    private readonly MaskNode[] _masks;
    private readonly int[] _inputOffsets;
    private ISequenceLoop? _loop;
    private LoopArguments? _arguments;

    /// <summary>Binds the loop to its memory; <see cref="Prepare"/> follows.</summary>
    public LoopPlan(
        LoopMemory memory,
        RowOperations operations,
        PlanRows rows,
        LoopPosition position,
        Action<DeviceStream, ArrayView<float>, MaskNode>? fillMask)
    {
        _fillMask = fillMask;
        _memory = memory;
        _operations = operations;
        _rows = rows;
        _position = position;
        _graph = position.Graph;
        _hoistedProducts = [.. _graph.HoistedProducts];
        _sequenceNodes = [.. _graph.SequenceNodes];
        _masks = [.. _graph.Masks];
        _inputOffsets = [.. _graph.InputSlotOffsets];
        Sequences = new RowsView[_graph.SequenceWidths.Count];
        _parameterNumbers = Enumerable.Range(0, position.Parameters.Count)
            .ToDictionary(number => position.Parameters[number].Name, number => position.FirstParameter + number);
    }

    /// <summary>What the executor chose; empty when no row has a step.</summary>
    public IReadOnlyList<string> Description => _loop?.Description ?? [];

    /// <summary>True where the executor runs the products of sequences itself.</summary>
    public bool MultipliesSequences => _loop is { MultipliesSequences: true };

    /// <summary>layer · D + direction.</summary>
    public int LoopNumber => _position.LoopNumber;

    /// <summary>0 reads the plan's input.</summary>
    public int Layer => _position.Layer;

    /// <summary>0 forward, 1 reverse.</summary>
    public int Direction => _position.Direction;

    /// <summary>What the cell reads: x, and as many states of the layer below as it declares.</summary>
    public int SequenceCount => _graph.SequenceWidths.Count;

    /// <summary>The gradients of the output state as the last backward pass left them, [TotalRows, width]; null where none are kept.</summary>
    public PlanRegion? Recorded => _memory.Recorded;

    /// <summary>Prepares the time loop for the present lengths; without any step there is none.</summary>
    public void Prepare(Func<SequenceLoopRequest, ISequenceExecutor> choose, ProductPrecision precision)
    {
        _loop?.Dispose();
        _loop = null;
        if (_rows.TotalRows > 0)
        {
            SequenceLoopRequest request = new(_graph, _rows.Packing.Layout, _position.IsReverse, _memory.NeedsGradient)
            {
                Precision = precision,
                RecordsGradients = _memory.Recorded is not null,
                KeptStates = _memory.NeedsGradient ? null : [.. _graph.States.Select((_, state) => IsKept(state))],
            };
            _loop = choose(request).Prepare(request);
        }

        _arguments = new LoopArguments(_graph, _parameterNumbers, _memory, MultipliesSequences);
    }

    /// <summary>The history of a state, [TotalRows, width], from the first packed row on.</summary>
    /// <param name="state">The state's number.</param>
    /// <param name="outputHistory">What the forward pass received as the output state's history.</param>
    public RowsView History(int state, RowsView outputHistory)
    {
        return state == _graph.OutputState ? outputHistory : _memory.Histories[state]!.Rows.FromRow(_memory.MarginRows(state));
    }

    /// <summary>Room for what the loop reads, one entry a sequence; whoever runs it fills it before each pass.</summary>
    public RowsView[] Sequences { get; }

    /// <summary>Runs forwards.</summary>
    /// <param name="stream">The queue.</param>
    /// <param name="sequences">For each sequence of the graph, [TotalRows, width], packed; absent means zeros.</param>
    /// <param name="history">Receives the output state, [TotalRows, width], the first packed row first.</param>
    /// <param name="parameters">All parameters of the plan.</param>
    /// <param name="weightsVersion">As <see cref="SequenceForwardArguments.WeightsVersion"/>.</param>
    /// <param name="initialStates">For each state, [L·D, B, width] or empty.</param>
    /// <param name="finalStates">For each state, [L·D, B, width] or empty.</param>
    public void Forward(
        DeviceStream stream,
        RowsView[] sequences,
        RowsView history,
        IReadOnlyList<ArrayView<float>> parameters,
        long? weightsVersion,
        IReadOnlyList<ArrayView<float>> initialStates,
        IReadOnlyList<ArrayView<float>> finalStates)
    {
        FillInputs(stream, sequences, parameters);
        LoopArguments arguments = _arguments!;
        arguments.Take(parameters, weightsVersion, sequences);
        for (int state = 0; state < arguments.States.Length; state++)
        {
            arguments.States[state] = History(state, history);
            arguments.Initial[state] = PlaceInitial(stream, state, arguments.States[state], initialStates);
            arguments.Final[state] = _rows.KeepsRowOrder && finalStates[state].Length > 0 ? Slice(finalStates[state], state) : _memory.Finals[state].Rows;
        }

        if (_loop is null)
        {
            CopyInitialToFinal(stream, arguments.Initial, arguments.Final);
        }
        else
        {
            _loop.Forward(stream, arguments.Given);
        }

        for (int state = 0; state < arguments.Final.Length; state++)
        {
            if (!_rows.KeepsRowOrder && finalStates[state].Length > 0)
            {
                int width = _graph.States[state].Width;
                _operations.Scatter(stream, arguments.Final[state], _rows.RowOrder, Slice(finalStates[state], state), _rows.BatchSize, width);
            }
        }
    }

    /// <summary>Runs backwards; follows <see cref="Forward"/>.</summary>
    /// <param name="stream">The queue.</param>
    /// <param name="sequences">As in the forward pass.</param>
    /// <param name="stateGradients">For each state, the gradient of its history, [TotalRows, width]; absent for zeros.</param>
    /// <param name="sequenceGradients">For each sequence, receives its gradient, [TotalRows, width]; absent when not wanted.</param>
    /// <param name="accumulateInput">True to add to the gradient of sequence 0, x.</param>
    /// <param name="arguments">The plan's arguments.</param>
    public void Backward(
        DeviceStream stream,
        IReadOnlyList<RowsView> sequences,
        IReadOnlyList<RowsView> stateGradients,
        IReadOnlyList<RowsView> sequenceGradients,
        bool accumulateInput,
        PlanBackwardArguments arguments)
    {
        SequenceForwardArguments forward = _arguments!.Given;
        RowsView[] finalGradients = PerState(state =>
            Sorted(stream, state, arguments.FinalStateGradients[state], _memory.FinalGradients[state]));
        RowsView[] initialGradients = PerState(state => InitialGradient(state, arguments));
        RowsView[] productGradients = [.. _memory.ProductGradients];
        if (_loop is null)
        {
            CopyGradients(stream, finalGradients, initialGradients);
        }
        else
        {
            _loop.Backward(stream, new SequenceBackwardArguments
            {
                Forward = forward,
                StateGradients = stateGradients,
                FinalStateGradients = finalGradients,
                InputGradients = _memory.InputGradients!.Rows,
                ProductGradients = productGradients,
                InitialStateGradients = initialGradients,
                RecordedGradient = _memory.Recorded?.Rows ?? default,
                ParameterGradients =
                    [.. _graph.Parameters.Select(parameter => arguments.ParameterGradients[_parameterNumbers[parameter.Name]])],
            });
            GatherInputGradients(stream, sequences, sequenceGradients, accumulateInput, arguments);
            GatherProductGradients(stream, forward, productGradients, arguments.ParameterGradients);
            GatherBiasGradients(stream, productGradients, arguments.ParameterGradients);
        }

        for (int state = 0; state < initialGradients.Length; state++)
        {
            if (!_rows.KeepsRowOrder && arguments.InitialStateGradients[state].Length > 0)
            {
                int width = _graph.States[state].Width;
                RowsView target = Slice(arguments.InitialStateGradients[state], state);
                _operations.Scatter(stream, initialGradients[state], _rows.RowOrder, target, _rows.BatchSize, width);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop?.Dispose();
    }

    private RowsView[] PerState(Func<int, RowsView> choose)
    {
        return [.. Enumerable.Range(0, _graph.States.Count).Select(choose)];
    }

    private void FillInputs(DeviceStream stream, RowsView[] sequences, IReadOnlyList<ArrayView<float>> parameters)
    {
        if (!MultipliesSequences)
        {
            MultiplySequences(stream, sequences, parameters);
        }

        foreach (SequenceNode node in _sequenceNodes)
        {
            RowsView target = _memory.Inputs.Rows.FromColumn(_inputOffsets[node.FirstSlot]);
            _operations.CopyOrClear(stream, sequences[node.Source.Index], target, _rows.TotalRows, node.Width);
        }

        foreach (MaskNode mask in _masks)
        {
            FillMask(stream, mask);
        }
    }

    private void MultiplySequences(DeviceStream stream, RowsView[] sequences, IReadOnlyList<ArrayView<float>> parameters)
    {
        foreach (ProductNode product in _hoistedProducts)
        {
            // The product of zeros is the bias alone: a sum of length 0, in which A is not read.
            RowsView source = sequences[product.Source.Index];
            RowsView weight = Weight(product, parameters);
            _operations.Product(stream, new MatrixProduct
            {
                A = source.IsAbsent ? weight : source.FromColumn(product.FirstSourceUnit),
                B = weight,
                TransposeB = true,
                C = _memory.Inputs.Rows.FromColumn(_inputOffsets[product.FirstSlot]),
                Bias = product.Bias is null ? default : parameters[_parameterNumbers[product.Bias]].SubView(product.FirstRow, product.Rows),
                M = _rows.TotalRows,
                N = product.Rows,
                K = source.IsAbsent ? 0 : product.SourceWidth,
            });
        }
    }

    // In inference nobody reads the history of a state that is neither the output nor a sequence of the layer above.
    private bool IsKept(int state)
    {
        return state == _graph.OutputState || _position.StatesReadAbove[state];
    }

    private void FillMask(DeviceStream stream, MaskNode mask)
    {
        int rows = mask.IsPerSequence ? _rows.BatchSize : _rows.TotalRows;
        RowsView factors = _memory.Factors.View.SubView(0, (long)rows * mask.Width).AsRows(mask.Width);
        RowsView target = _memory.Inputs.Rows.FromColumn(_graph.InputSlotOffsets[mask.FirstSlot]);
        if (rows > 0)
        {
            _fillMask!(stream, factors.Memory, mask);
        }

        if (mask.IsPerSequence)
        {
            _operations.Gather(stream, factors, _rows.BatchRows, target, _rows.TotalRows, mask.Width);
        }
        else
        {
            _operations.Copy(stream, factors, target, _rows.TotalRows, mask.Width);
        }
    }

    private RowsView Weight(ProductNode product, IReadOnlyList<ArrayView<float>> parameters)
    {
        return parameters[_parameterNumbers[product.Weight]].AsRows(product.SourceWidth).FromRow(product.FirstRow);
    }

    /// <summary>Puts the sorted initial state where both the loop and the weight's gradient find it.</summary>
    private RowsView PlaceInitial(DeviceStream stream, int state, RowsView history, IReadOnlyList<ArrayView<float>> initialStates)
    {
        int width = _graph.States[state].Width;
        bool isGiven = initialStates[state].Length > 0;
        RowsView source = isGiven ? Slice(initialStates[state], state) : default;
        if (_memory.MarginRows(state) == 0 && (!isGiven || _rows.KeepsRowOrder))
        {
            return source;
        }

        RowsView target = _memory.MarginRows(state) == 0 ? _memory.Initials[state].Rows : Margin(state, history);
        if (!isGiven)
        {
            _operations.Fill(stream, target, _rows.BatchSize, width, 0);
        }
        else if (_rows.KeepsRowOrder)
        {
            _operations.Copy(stream, source, target, _rows.BatchSize, width);
        }
        else
        {
            _operations.Gather(stream, source, _rows.RowOrder, target, _rows.BatchSize, width);
        }

        return target;
    }

    private RowsView Margin(int state, RowsView history)
    {
        RowsView whole = state == _graph.OutputState ? _memory.OutputHistory : _memory.Histories[state]!.Rows;
        return _position.IsReverse ? history.FromRow(_rows.TotalRows) : whole;
    }

    private RowsView Slice(ArrayView<float> states, int state)
    {
        int width = _graph.States[state].Width;
        return states.AsRows(width).FromRow(_position.LoopNumber * _rows.BatchSize);
    }

    private RowsView Sorted(DeviceStream stream, int state, ArrayView<float> states, PlanRegion scratch)
    {
        if (states.Length == 0)
        {
            return default;
        }

        RowsView source = Slice(states, state);
        if (_rows.KeepsRowOrder)
        {
            return source;
        }

        _operations.Gather(stream, source, _rows.RowOrder, scratch.Rows, _rows.BatchSize, _graph.States[state].Width);
        return scratch.Rows;
    }

    private RowsView InitialGradient(int state, PlanBackwardArguments arguments)
    {
        ArrayView<float> target = arguments.InitialStateGradients[state];
        return target.Length == 0 ? default : _rows.KeepsRowOrder ? Slice(target, state) : _memory.InitialGradients[state].Rows;
    }

    private void CopyInitialToFinal(DeviceStream stream, RowsView[] initial, RowsView[] final)
    {
        for (int state = 0; state < final.Length; state++)
        {
            _operations.CopyOrClear(stream, initial[state], final[state], _rows.BatchSize, _graph.States[state].Width);
        }
    }

    private void CopyGradients(DeviceStream stream, RowsView[] finalGradients, RowsView[] initialGradients)
    {
        for (int state = 0; state < initialGradients.Length; state++)
        {
            if (!initialGradients[state].IsAbsent)
            {
                _operations.CopyOrClear(stream, finalGradients[state], initialGradients[state], _rows.BatchSize, _graph.States[state].Width);
            }
        }
    }

    /// <summary>Turns the gradients of the hoisted nodes' results into those of their weights and of the sequences they read.</summary>
    private void GatherInputGradients(
        DeviceStream stream,
        IReadOnlyList<RowsView> sequences,
        IReadOnlyList<RowsView> sequenceGradients,
        bool accumulateInput,
        PlanBackwardArguments arguments)
    {
        // The first writer of a sequence's gradient overwrites what is there, and those after it add.
        bool[] accumulate = [accumulateInput, .. new bool[sequences.Count - 1]];
        foreach (ProductNode product in _graph.HoistedProducts)
        {
            RowsView gradient = _memory.InputGradients!.Rows.FromColumn(_graph.InputSlotOffsets[product.FirstSlot]);
            int sequence = product.Source.Index;
            if (!sequences[sequence].IsAbsent)
            {
                AddWeightGradient(stream, product, PeriodOf(product), gradient, sequences[sequence], arguments.ParameterGradients);
            }

            if (!sequenceGradients[sequence].IsAbsent)
            {
                _operations.Product(stream, new MatrixProduct
                {
                    A = gradient,
                    B = Weight(product, arguments.Parameters),
                    C = sequenceGradients[sequence],
                    Accumulate = accumulate[sequence],
                    M = _rows.TotalRows,
                    N = product.SourceWidth,
                    K = product.Rows,
                });
                accumulate[sequence] = true;
            }
        }

        foreach (SequenceNode node in _graph.SequenceNodes.Where(node => !sequenceGradients[node.Source.Index].IsAbsent))
        {
            RowsView gradient = _memory.InputGradients!.Rows.FromColumn(_graph.InputSlotOffsets[node.FirstSlot]);
            RowsView target = sequenceGradients[node.Source.Index];
            if (accumulate[node.Source.Index])
            {
                _operations.Add(stream, gradient, target, _rows.TotalRows, node.Width);
            }
            else
            {
                _operations.Copy(stream, gradient, target, _rows.TotalRows, node.Width);
            }

            accumulate[node.Source.Index] = true;
        }

        for (int sequence = 0; sequence < sequences.Count; sequence++)
        {
            if (!accumulate[sequence] && !sequenceGradients[sequence].IsAbsent)
            {
                _operations.Fill(stream, sequenceGradients[sequence], _rows.TotalRows, _graph.SequenceWidths[sequence], 0);
            }
        }
    }

    private void GatherProductGradients(
        DeviceStream stream,
        SequenceForwardArguments forward,
        RowsView[] productGradients,
        IReadOnlyList<ArrayView<float>> parameterGradients)
    {
        foreach ((ProductNode product, RowsView gradient) in _graph.StepProducts.Zip(productGradients))
        {
            RowsView source = product.Source.Kind switch
            {
                StepSourceKind.PreviousState => Previous(stream, product.Source.Index),
                StepSourceKind.CurrentState => forward.States[product.Source.Index],
                _ => forward.Values[product.Source.Index],
            };
            AddWeightGradient(stream, product, product.Period, gradient, source.FromColumn(product.FirstSourceUnit), parameterGradients);
        }
    }

    /// <summary>A state at t−1 for every packed row.</summary>
    private RowsView Previous(DeviceStream stream, int state)
    {
        RowsView whole = state == _graph.OutputState ? _memory.OutputHistory : _memory.Histories[state]!.Rows;
        if (_rows.Packing.Layout.IsFull)
        {
            return whole.FromRow(_position.IsReverse ? 2 * _rows.BatchSize : 0);
        }

        int width = _graph.States[state].Width;
        RowsView target = _memory.Gathered!.RowsOf(width);
        _operations.Gather(stream, whole, _rows.PreviousRows(_position.IsReverse), target, _rows.TotalRows, width);
        return target;
    }

    /// <summary>The period of the node that alone reads a hoisted product's slots; elsewhere the gradient is zero.</summary>
    private int PeriodOf(ProductNode product)
    {
        return !_graph.HasPeriods ? 1 : _graph.Nodes.OfType<PointwiseNode>()
            .Where(node => node.Period > 1 && _graph.InputSlotsOf(node).Contains(product.FirstSlot))
            .Select(node => node.Period)
            .FirstOrDefault(1);
    }

    private void AddWeightGradient(
        DeviceStream stream, ProductNode product, int period, RowsView gradient, RowsView source, IReadOnlyList<ArrayView<float>> parameterGradients)
    {
        _operations.Product(stream, new MatrixProduct
        {
            A = gradient,
            TransposeA = true,
            B = source,
            C = Weight(product, parameterGradients),
            Accumulate = true,
            GroupSize = _rows.BatchSize,
            ZeroGroups = _rows.Packing.Layout.IsFull ? period - 1 : 0,
            M = product.Rows,
            N = product.SourceWidth,
            K = _rows.TotalRows,
        });
    }

    /// <summary>Adds the sum of each product's gradient over the rows to its bias; tied products share that of their input blocks.</summary>
    private void GatherBiasGradients(DeviceStream stream, RowsView[] productGradients, IReadOnlyList<ArrayView<float>> parameterGradients)
    {
        IReadOnlyList<int> offsets = _graph.InputSlotOffsets;
        ProductNode[] biased = [.. _graph.Nodes.OfType<ProductNode>().Where(product => product.Bias is not null)];
        ProductNode[] shared = [.. biased.Where(product => SharedSlot(product) is not null)];
        if (shared.Length > 0)
        {
            ArrayView<float> sums = SumRows(stream, _memory.InputGradients!.Rows, _graph.InputWidth);
            foreach (ProductNode product in shared)
            {
                AddBias(stream, product, sums.SubView(offsets[SharedSlot(product)!.Value]), parameterGradients);
            }
        }

        foreach ((ProductNode product, RowsView gradient) in _graph.StepProducts.Zip(productGradients))
        {
            if (product.Bias is not null && SharedSlot(product) is null)
            {
                AddBias(stream, product, SumRows(stream, gradient, product.Rows), parameterGradients);
            }
        }
    }

    /// <summary>The input slot that holds the product's gradient: its own when hoisted, the tied one, or none.</summary>
    private static int? SharedSlot(ProductNode product)
    {
        return product.IsHoisted ? product.FirstSlot : product.TiedToInputSlot;
    }

    private ArrayView<float> SumRows(DeviceStream stream, RowsView rows, int width)
    {
        ArrayView<float> sums = _memory.Sums!.View;
        _operations.Product(stream, new MatrixProduct
        {
            A = _memory.Ones!.View.AsRows(_rows.TotalRows),
            B = rows,
            C = sums.AsRows(width),
            M = 1,
            N = width,
            K = _rows.TotalRows,
        });
        return sums;
    }

    private void AddBias(
        DeviceStream stream, ProductNode product, ArrayView<float> sums, IReadOnlyList<ArrayView<float>> parameterGradients)
    {
        ArrayView<float> target = parameterGradients[_parameterNumbers[product.Bias!]].SubView(product.FirstRow, product.Rows);
        _operations.Add(stream, sums.AsRows(product.Rows), target.AsRows(product.Rows), 1, product.Rows);
    }
}
