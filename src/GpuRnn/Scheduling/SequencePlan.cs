using System.Globalization;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Scheduling;

/// <summary>A recurrent layer made ready for one device and one batch shape: all memory divided, every schedule chosen.</summary>
/// <remarks>
/// A plan holds the results of its last forward pass; one pass runs at a time. Nothing is allocated on the device after
/// <see cref="SequencePlanner.Create"/>, except scratch of the time loops that <see cref="SetLengths"/> exchanges.
/// </remarks>
public sealed class SequencePlan : IDisposable
{
    private readonly SequenceSpecification _specification;
    private readonly Device _device;
    private readonly PlanLayers _layers;
    private readonly PlanRows _rows;
    private readonly RowOperations _operations;
    private readonly PlanChecks _checks;
    private ScheduleChoice[] _choices = [];
    private long _loopBytes;
    private ArrayView<float> _input;
    private IReadOnlyList<ArrayView<float>>? _parameters;

    internal SequencePlan(Device device, SequenceSpecification specification, PlanLayers layers, PlanRows rows, RowOperations operations)
    {
        _device = device;
        _specification = specification;
        _layers = layers;
        _rows = rows;
        _operations = operations;
        _checks = new PlanChecks(specification, layers, rows);
        Prepare();
    }

    /// <summary>What the plan was made for; its lengths are those of the creation.</summary>
    public SequenceSpecification Specification => _specification;

    /// <summary>The parameters in the order in which lists of them are passed: layer, direction, cell parameter.</summary>
    public IReadOnlyList<CellParameter> Parameters => _layers.Parameters;

    /// <summary>The states of every layer and direction, in the order in which lists of them are passed.</summary>
    public IReadOnlyList<StepState> States => _layers.States;

    /// <summary>Elements of an output row: D times the width of the cell's output state.</summary>
    public int OutputWidth => _layers.OutputWidth;

    /// <summary>Device bytes that the plan holds, the time loops' scratch included.</summary>
    public long WorkspaceBytes => _layers.SizeInBytes + _rows.SizeInBytes + _loopBytes;

    /// <summary>The name of the schedule chosen for each time loop, in the order layer, direction.</summary>
    public IReadOnlyList<string> Schedules => [.. _choices.Select(choice => choice.Executor.Name)];

    /// <summary>Takes other lengths for the passes that follow.</summary>
    /// <param name="lengths">Steps of each row, 0 to T, in any order; null when every row has T.</param>
    /// <exception cref="ArgumentException">A count of lengths other than B, or a length outside 0..T.</exception>
    /// <remarks>The last forward pass is forgotten. Time loops are prepared again when the rows of the steps changed.</remarks>
    public void SetLengths(IReadOnlyList<int>? lengths)
    {
        SetRows(SequencePacking.Create(_specification.TimeSteps, _specification.BatchSize, lengths));
    }

    /// <summary>Takes other rows for the passes that follow: a batch of fewer steps, of other lengths, or with steps that are absent.</summary>
    /// <param name="packing">B is that of the plan; T, that of the arrays of the passes that follow, is at most the specification's.</param>
    /// <exception cref="ShapeException">T is more, or B another.</exception>
    /// <inheritdoc cref="SetLengths" path="/remarks"/>
    public void SetRows(SequencePacking packing)
    {
        ArgumentNullException.ThrowIfNull(packing);
        _parameters = null;
        if (_rows.Set(packing))
        {
            Prepare();
        }
    }

    /// <summary>Runs the layer over a padded batch.</summary>
    /// <param name="stream">The queue to run in.</param>
    /// <param name="input">[T, B, I]; rows beyond their length are not read. Must stay as it is until the backward pass.</param>
    /// <param name="parameters">In the order of <see cref="Parameters"/>; must stay as they are until the backward pass.</param>
    /// <param name="initialStates">For each state, [L·D, B, width], or an empty view for zeros.</param>
    /// <param name="output">Receives [T, B, D·width]; zero beyond a row's length.</param>
    /// <param name="finalStates">For each state, receives [L·D, B, width], apart from the initial states; an empty view when not wanted.</param>
    /// <param name="parametersVersion">
    /// A promise: passes that bring the same number bring the same parameters with the same elements, so that a form in which a time loop keeps them
    /// need not be made again. Null promises nothing.
    /// </param>
    /// <exception cref="ShapeException">A view has another number of elements.</exception>
    public void Forward(
        DeviceStream stream,
        ArrayView<float> input,
        IReadOnlyList<ArrayView<float>> parameters,
        IReadOnlyList<ArrayView<float>> initialStates,
        ArrayView<float> output,
        IReadOnlyList<ArrayView<float>> finalStates,
        long? parametersVersion = null)
    {
        _checks.Forward(input, parameters, initialStates, output, finalStates);
        _input = input;
        _parameters = parameters;
        bool isDirect = !_specification.NeedsGradient && _rows.Packing.IsIdentity;
        RowsView layerInput = PackedInput(stream, gather: true);
        for (int layer = 0; layer < _specification.LayerCount; layer++)
        {
            bool isLast = layer == _specification.LayerCount - 1;
            RowsView history = isLast && isDirect ? output.AsRows(OutputWidth) : _layers.History(layer);
            foreach (LoopPlan loop in _layers.Loops(layer))
            {
                RowsView loopHistory = history.FromColumn(loop.Direction * _layers.StateWidth);
                loop.Forward(stream, _layers.Sequences(loop, layerInput), loopHistory, parameters, parametersVersion, initialStates, finalStates);
            }

            layerInput = isLast ? history : Drop(stream, layer, history);
        }

        if (!isDirect)
        {
            Unpack(stream, layerInput, output.AsRows(OutputWidth), OutputWidth);
        }
    }

    /// <summary>Turns the gradients of the results of the last forward pass into all others.</summary>
    /// <param name="stream">The queue to run in.</param>
    /// <param name="outputGradient">[T, B, D·width], or an empty view for zeros; what stands beyond a row's length is not read.</param>
    /// <param name="finalStateGradients">For each state, [L·D, B, width], or an empty view for zeros.</param>
    /// <param name="inputGradient">Receives [T, B, I], zero beyond a row's length; an empty view when not wanted.</param>
    /// <param name="parameterGradients">In parameter order; the gradients are added to what is there.</param>
    /// <param name="initialStateGradients">For each state, receives [L·D, B, width]; an empty view when not wanted.</param>
    /// <exception cref="InvalidOperationException">The plan was made without gradients, or no forward pass went before.</exception>
    /// <exception cref="ShapeException">A view has another number of elements.</exception>
    public void Backward(
        DeviceStream stream,
        ArrayView<float> outputGradient,
        IReadOnlyList<ArrayView<float>> finalStateGradients,
        ArrayView<float> inputGradient,
        IReadOnlyList<ArrayView<float>> parameterGradients,
        IReadOnlyList<ArrayView<float>> initialStateGradients)
    {
        _checks.Backward(
            _parameters is not null, outputGradient, finalStateGradients, inputGradient, parameterGradients, initialStateGradients);
        PlanBackwardArguments arguments = new(_parameters!, finalStateGradients, parameterGradients, initialStateGradients);
        RowsView gradient = PackedOutputGradient(stream, outputGradient);
        for (int layer = _specification.LayerCount - 1; layer >= 0; layer--)
        {
            RowsView layerInput = layer == 0 ? PackedInput(stream, gather: false) : _layers.Dropped(layer - 1);
            RowsView target = layer > 0 ? _layers.Gradient(layer) : InputGradientTarget(inputGradient);
            bool accumulate = false;
            foreach (LoopPlan loop in _layers.Loops(layer))
            {
                RowsView loopGradient = gradient.FromColumn(loop.Direction * _layers.StateWidth);
                loop.Backward(
                    stream,
                    _layers.Sequences(loop, layerInput),
                    _layers.StateGradients(loop, loopGradient),
                    _layers.SequenceGradients(loop, target),
                    accumulate,
                    arguments);
                accumulate = true;
            }

            if (layer > 0)
            {
                CompleteOutputGradient(stream, layer - 1, target);
            }

            gradient = target;
        }

        if (inputGradient.Length > 0 && !_rows.Packing.IsIdentity)
        {
            Unpack(stream, gradient, inputGradient.AsRows(_specification.InputSize), _specification.InputSize);
        }
    }

    /// <summary>
    /// How strongly the loss reaches each step: the Euclidean norm of the gradient of a layer's output state over all rows and units of the step.
    /// </summary>
    /// <param name="layer">0 reads the input.</param>
    /// <param name="direction">0 forward, 1 reverse.</param>
    /// <returns>[T], of the last backward pass; 0 for steps that no row has.</returns>
    /// <exception cref="InvalidOperationException">The plan was made without <see cref="SequenceSpecification.RecordsGradients"/>.</exception>
    public double[] GradientNorms(int layer, int direction)
    {
        if (_layers.Loops(layer)[direction].Recorded is not PlanRegion recorded)
        {
            throw new InvalidOperationException(
                "SequencePlan.GradientNorms: the plan keeps no gradients of states, but they are asked for. Make it with NeedsGradient and RecordsGradients.");
        }

        _device.DefaultStream.Synchronize();
        float[] gradients = _layers.Read(recorded);
        double[] norms = new double[_rows.TimeSteps];
        ReadOnlySpan<int> paddedRows = _rows.Packing.PaddedRows;
        for (int row = 0; row < paddedRows.Length; row++)
        {
            foreach (float gradient in gradients.AsSpan(row * recorded.Width, recorded.Width))
            {
                norms[paddedRows[row] / _specification.BatchSize] += (double)gradient * gradient;
            }
        }

        for (int step = 0; step < norms.Length; step++)
        {
            norms[step] = Math.Sqrt(norms[step]);
        }

        return norms;
    }

    /// <summary>Tells what was chosen and why, a line for each decision.</summary>
    public string Describe()
    {
        SequenceSpecification specification = _specification;
        SequencePacking packing = _rows.Packing;
        long paddedRows = (long)packing.TimeSteps * specification.BatchSize;
        List<string> lines =
        [
            $"{specification.Cell}: {specification.LayerCount} layer{(specification.LayerCount == 1 ? string.Empty : "s")}, "
                + $"{(specification.Bidirectional ? "both directions" : "forward")}, T={packing.TimeSteps} B={specification.BatchSize} "
                + $"I={specification.InputSize} H={specification.HiddenSize}, "
                + $"{(specification.NeedsGradient ? "training" : "inference")} on {_device}",
            packing.IsIdentity
                ? $"rows: all {paddedRows} of the batch, in place"
                : $"rows: {packing.Layout.TotalRows} of {paddedRows} packed by descending length, so no step computes padding",
            _layers.MultiplySequences
                ? "input products: in the time loops, block by block of steps"
                : $"input products: out of the time loop, one product over all rows a layer and direction ({_operations.MatrixName})",
        ];
        string[] read = [.. _layers.States.Where((_, state) => _layers.StatesReadBelow[state]).Select(state => state.Name)];
        if (read.Length > 0)
        {
            lines.Add(
                $"states of the layer below: {string.Join(", ", read)}, as zeros in layer 0; "
                + "each direction reads its own, without dropout");
        }

        for (int layer = 0; layer < specification.LayerCount; layer++)
        {
            lines.AddRange(DescribeLayer(layer));
        }

        if (specification.NeedsGradient)
        {
            lines.Add($"weight gradients: after the time loop, one product over all rows a weight ({_operations.MatrixName})");
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture, $"memory: {WorkspaceBytes / 1048576.0:F2} MiB, allocated once"));
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Gives the device memory back; a second call does nothing.</summary>
    public void Dispose()
    {
        _layers.Dispose();
        _rows.Dispose();
    }

    private IEnumerable<string> DescribeLayer(int layer)
    {
        foreach (LoopPlan loop in _layers.Loops(layer))
        {
            ScheduleChoice? choice = loop.LoopNumber < _choices.Length ? _choices[loop.LoopNumber] : null;
            string where = $"time loop of layer {layer}{(loop.Direction == 1 ? ", reverse" : string.Empty)}";
            yield return choice is null ? $"{where}: none, no row has a step" : $"{where}: {choice.Executor.Name}";
            foreach (string line in (choice?.Answers ?? []).Concat(loop.Description))
            {
                yield return "  " + line;
            }
        }
    }

    private void Prepare()
    {
        long before = _device.AllocatedBytes - _loopBytes;
        _choices = _layers.Prepare(_device);
        _loopBytes = _device.AllocatedBytes - before;
    }

    private RowsView PackedInput(DeviceStream stream, bool gather)
    {
        RowsView rows = _input.AsRows(_specification.InputSize);
        if (_rows.Packing.IsIdentity)
        {
            return rows;
        }

        if (gather)
        {
            _operations.Gather(stream, rows, _rows.PaddedRows, _layers.PackedInput, _rows.TotalRows, _specification.InputSize);
        }

        return _layers.PackedInput;
    }

    private RowsView PackedOutputGradient(DeviceStream stream, ArrayView<float> outputGradient)
    {
        RowsView rows = outputGradient.AsRows(OutputWidth);
        if (rows.IsAbsent || _rows.Packing.IsIdentity)
        {
            return rows;
        }

        RowsView packed = _layers.Gradient(_specification.LayerCount);
        _operations.Gather(stream, rows, _rows.PaddedRows, packed, _rows.TotalRows, OutputWidth);
        return packed;
    }

    /// <summary>Turns the gradient of x in the layer above into that of a layer's outputs.</summary>
    /// <remarks>What cells read as a state of the layer below is not dropped, so its gradient joins after the dropout's.</remarks>
    private void CompleteOutputGradient(DeviceStream stream, int layer, RowsView gradient)
    {
        if (_specification.FillDropoutFactors is not null)
        {
            _operations.Multiply(stream, gradient, _layers.Factors(layer), gradient, _rows.TotalRows, OutputWidth);
        }

        for (int direction = 0; direction < _specification.DirectionCount; direction++)
        {
            RowsView asState = _layers.GradientBelow(direction, _layers.OutputState);
            if (!asState.IsAbsent)
            {
                RowsView target = gradient.FromColumn(direction * _layers.StateWidth);
                _operations.Add(stream, asState, target, _rows.TotalRows, _layers.StateWidth);
            }
        }
    }

    private RowsView InputGradientTarget(ArrayView<float> inputGradient)
    {
        return inputGradient.Length == 0 || _rows.Packing.IsIdentity
            ? inputGradient.AsRows(_specification.InputSize)
            : _layers.PackedInputGradient;
    }

    private RowsView Drop(DeviceStream stream, int layer, RowsView history)
    {
        if (_specification.FillDropoutFactors is null)
        {
            return history;
        }

        RowsView factors = _layers.Factors(layer);
        _specification.FillDropoutFactors(stream, factors.Memory.SubView(0, (long)_rows.TimeSteps * _specification.BatchSize * OutputWidth));
        _operations.Multiply(stream, history, factors, _layers.Dropped(layer), _rows.TotalRows, OutputWidth);
        return _layers.Dropped(layer);
    }

    private void Unpack(DeviceStream stream, RowsView packed, RowsView padded, int width)
    {
        if (_rows.Packing.IsIdentity)
        {
            _operations.Copy(stream, packed, padded, _rows.TotalRows, width);
            return;
        }

        _operations.Fill(stream, padded, _rows.TimeSteps * _specification.BatchSize, width, 0);
        _operations.Scatter(stream, packed, _rows.PaddedRows, padded, _rows.TotalRows, width);
    }
}
