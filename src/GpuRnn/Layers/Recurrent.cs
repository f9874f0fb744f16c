using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>A stack of recurrent layers of any cell, in one direction or both; parameters are named and shaped as PyTorch's.</summary>
/// <remarks>
/// One operation on the tape, run by a <see cref="SequencePlan"/>. Plans are kept for the shapes seen last, so that passes of the same
/// shapes allocate nothing on the device.
/// </remarks>
public sealed class Recurrent : Layer
{
    private readonly Cell _cell;
    private readonly Cell _trainingCell;
    private readonly Cell _evaluationCell;
    private readonly RecurrentOptions _options;
    private readonly Parameter[] _parameters;
    private readonly ArrayView<float>[] _values;
    private readonly ArrayView<float>[] _gradients;
    private readonly PlanCache _plans;
    private readonly StepState[] _states;
    private readonly int _outputWidth;
    private readonly RecurrentDropout _dropout;
    private readonly CarriedState? _carried;
    private SequencePlan? _lastPlan;

    /// <summary>
    /// Draws every parameter uniformly from ±1/√H in the order of <see cref="Parameters"/>, as PyTorch does, where the cell asks for no other start.
    /// </summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="cell">What one time step computes.</param>
    /// <param name="options">Sizes and form.</param>
    /// <param name="random">Decides the initial weights and, where there is dropout between layers, its stream.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the dropout is outside [0, 1).</exception>
    public Recurrent(Device device, Cell cell, RecurrentOptions options, RandomSource random)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.AtLeast(options.InputSize, 1, nameof(Recurrent), nameof(options.InputSize), "the last axis of the input");
        ArgumentCheck.AtLeast(options.HiddenSize, 1, nameof(Recurrent), nameof(options.HiddenSize), "the size of the hidden state");
        ArgumentCheck.AtLeast(options.LayerCount, 1, nameof(Recurrent), nameof(options.LayerCount), "the number of stacked layers");
        ArgumentCheck.Share(options.Dropout, nameof(Recurrent), nameof(options.Dropout), "a share such as 0.2");
        ArgumentCheck.Share(options.Step.Zoneout, nameof(Recurrent), nameof(options.Step.Zoneout), "a share such as 0.1");
        ArgumentCheck.Share(options.Step.HiddenZoneout ?? 0.0f, nameof(Recurrent), nameof(options.Step.HiddenZoneout), "a share such as 0.05");
        ArgumentCheck.Share(options.Step.RecurrentDropout, nameof(Recurrent), nameof(options.Step.RecurrentDropout), "a share such as 0.2");
        _carried = options.IsStateful ? new CarriedState() : null;
        _cell = cell;
        _trainingCell = options.Step.Apply(cell, isTraining: true);
        _evaluationCell = options.Step.Apply(cell, isTraining: false);
        _options = options;
        StepGraph graph = cell.BuildGraph(options.InputSize, options.HiddenSize);
        WholeSequenceReason = options.Step.BatchNormSteps > 0 ? "BatchNormSteps: its statistics are those of a step's number in the whole sequence"
            : graph.HasPeriods ? $"the cell {cell}: its periods count from the first step of the whole sequence"
            : null;
        RequireStateful(options, WholeSequenceReason);
        _states = [.. graph.States];
        OutputState = graph.OutputState;
        _outputWidth = graph.States[graph.OutputState].Width * Directions;
        _parameters = MakeParameters(random);
        _values = [.. _parameters.Select(parameter => parameter.Value.Memory)];
        _gradients = [.. _parameters.Select(parameter => parameter.Gradient.View)];
        _dropout = new RecurrentDropout(device, options.LayerCount > 1 ? options.Dropout : 0.0f, options.Step.IsRandom, random);
        _plans = new PlanCache(CreatePlan);
    }

    /// <summary>What one time step computes.</summary>
    public Cell Cell => _cell;

    /// <summary>The sizes and form it was made with.</summary>
    public RecurrentOptions Options => _options;

    /// <summary>Elements of the output's last axis: D times the width of the cell's output.</summary>
    public int OutputSize => _outputWidth;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    public override ModuleKind Kind => new(_evaluationCell.Name, _cell.Options.ToString());

    /// <summary>Receives the norms of ∂L/∂h_t of the training passes that follow; null, as at first, records nothing.</summary>
    public GradientRecorder? GradientRecorder { get; set; }

    /// <summary>What the cell carries from step to step, in the order of <see cref="RecurrentState.Tensors"/>.</summary>
    internal IReadOnlyList<StepState> States => _states;

    /// <summary>Which of the states is the output.</summary>
    internal int OutputState { get; }

    /// <summary>Why the layer cannot go on step by step, one pass for each: what it does depends on a step's number. Null where it does not.</summary>
    internal string? WholeSequenceReason { get; }

    private int Directions => _options.Bidirectional ? 2 : 1;

    private bool DiffersInTraining => _dropout.Probability > 0.0f || _options.Step != StepOptions.None;

    /// <inheritdoc/>
    public override bool CanBeCutInTime => _carried is not null && !_options.BatchFirst;

    /// <inheritdoc/>
    internal override IEnumerable<CarriedState> Carried => _carried is null ? [] : [_carried];

    /// <summary>Runs the stack over whole sequences and gives the output alone; from states of zero, or the carried ones where it is stateful.</summary>
    /// <exception cref="ShapeException">An axis of the input is not what the layer needs.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        return Forward(tape, input, initial: null, mask: null).Output;
    }

    /// <summary>Runs the stack over the steps that are there, from states of zero or the carried ones; the output at absent steps is 0.</summary>
    /// <exception cref="ShapeException">An axis of the input is not what the layer or the mask needs.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        return Forward(tape, input, initial: null, mask).Output;
    }

    /// <summary>Runs the stack over the steps that are there, from given states.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[T, B, I], or [B, T, I] where batch comes first; not read at absent steps.</param>
    /// <param name="initial">
    /// Where to start; when null, at zeros or, where the layer is stateful, where its last pass ended. Gradients go on to those of its tensors that
    /// track one.
    /// </param>
    /// <param name="mask">Which steps of which rows are there; null when all are. States are carried over absent steps.</param>
    /// <exception cref="ShapeException">An axis of the input, of a state or of the mask is not what the layer needs.</exception>
    /// <remarks>
    /// Absent steps cost nothing, wherever they stand: rows are packed before the time loops. A row without any step ends in its initial state.
    /// </remarks>
    public RecurrentResult Forward(Tape tape, Tensor input, RecurrentState? initial = null, SequenceMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "Recurrent.Forward");
        RequireInput(input);
        Tensor sequence = _options.BatchFirst ? SwapTimeAndBatch.Forward(tape, input) : input;
        int timeSteps = sequence.Shape[0];
        int batchSize = sequence.Shape[1];
        mask?.Require(sequence, "Recurrent.Forward");
        if (initial is null)
        {
            initial = Carry(tape, batchSize);
        }
        else
        {
            _carried?.Skip(tape);
        }

        RequireInitial(tape, initial, batchSize);
        bool records = tape.IsRecording && GradientRecorder is not null;
        PlanKey key = new(timeSteps, batchSize, tape.IsRecording, IsTraining && DiffersInTraining, records);
        PlanLease lease = _plans.Rent(key, mask?.Packing);
        _lastPlan = lease.Plan;
        Tensor output = tape.Allocate(timeSteps, batchSize, _outputWidth);
        Tensor[] finals = new Tensor[_states.Length];
        for (int i = 0; i < finals.Length; i++)
        {
            finals[i] = tape.Allocate(_options.LayerCount * Directions, batchSize, _states[i].Width);
        }

        lease.Plan.Forward(tape.Stream, sequence.View, _values, Views(initial?.Tensors), output.View, Views(finals), WeightsVersion());
        Finish(tape, lease, sequence, initial, output, finals);
        Tensor result = _options.BatchFirst ? SwapTimeAndBatch.Forward(tape, output) : output;
        RecurrentState state = new(finals);
        _carried?.End(state);
        return new RecurrentResult(result, state);
    }

    /// <summary>Runs the stack over a packed batch, from given states.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="input">Steps of I elements; the layer's option BatchFirst is of no account.</param>
    /// <param name="initial">Where to start, in the batch's own order of rows; zeros when null.</param>
    /// <exception cref="ShapeException">A step has not I elements, or a state is not what the layer needs.</exception>
    public PackedRecurrentResult Forward(Tape tape, PackedSequence input, RecurrentState? initial = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor padded = input.Unpack(tape);
        RecurrentResult result = Forward(tape, _options.BatchFirst ? SwapTimeAndBatch.Forward(tape, padded) : padded, initial, input.Mask);
        Tensor output = _options.BatchFirst ? SwapTimeAndBatch.Forward(tape, result.Output) : result.Output;
        return new PackedRecurrentResult(PackedSequence.Pack(tape, output, input.Mask), result.State);
    }

    /// <summary>Tells how the latest pass was run and why, a line for each decision.</summary>
    public string DescribePlan()
    {
        return _lastPlan?.Describe() ?? $"{_cell}: no pass yet, and the schedule is chosen for the shape of the first one";
    }

    /// <summary>Tells how passes of a shape will be run and why, without running one.</summary>
    /// <param name="timeSteps">T.</param>
    /// <param name="batchSize">B.</param>
    /// <param name="needsGradient">True for training.</param>
    public string DescribePlan(int timeSteps, int batchSize, bool needsGradient)
    {
        bool isTraining = needsGradient && DiffersInTraining;
        using SequencePlan plan = CreatePlan(new PlanKey(timeSteps, batchSize, needsGradient, isTraining, RecordsGradients: false));
        return plan.Describe();
    }

    /// <inheritdoc/>
    internal override BoundStep? BindStep(Tensor input)
    {
        if (_carried is null || _options.BatchFirst || input.Shape[^1] != _options.InputSize)
        {
            return null;
        }

        int batchSize = input.Shape[1];
        int[][] shapes = [.. _states.Select(state => new[] { _options.LayerCount * Directions, batchSize, state.Width })];
        SequencePlan plan = CreatePlan(new PlanKey(1, batchSize, NeedsGradient: false, IsTraining: false, RecordsGradients: false));
        return new BoundRecurrent(plan, _carried, _values, WeightsVersion, input, shapes);
    }

    /// <inheritdoc/>
    public override void SaveState(SavedState state)
    {
        _dropout.SaveState(state);
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        _dropout.LoadState(state);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plans.Dispose();
            _carried?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void RequireStateful(RecurrentOptions options, string? wholeSequenceReason)
    {
        string? reason = options.Bidirectional
            ? "Bidirectional: the reverse direction begins at a sequence's end, which a stream has not"
            : wholeSequenceReason;
        if (options.IsStateful && reason is not null)
        {
            throw new ArgumentException(
                $"Recurrent: IsStateful is true, but does not go with {reason}. Leave one of them out.", nameof(options));
        }
    }

    private static ArrayView<float>[] Views(IReadOnlyList<Tensor>? tensors, int count)
    {
        ArrayView<float>[] views = new ArrayView<float>[count];
        for (int i = 0; i < count; i++)
        {
            views[i] = tensors is null ? default : tensors[i].View;
        }

        return views;
    }

    // Each write to a parameter raises the sum, so no two states of the weights have the same.
    private long? WeightsVersion()
    {
        long? version = 0;
        foreach (Parameter parameter in _parameters)
        {
            version += parameter.Value.Version;
        }

        return version;
    }

    private ArrayView<float>[] Views(IReadOnlyList<Tensor>? tensors)
    {
        return Views(tensors, _states.Length);
    }

    // While the pass lasts no other one may overwrite what the plan keeps for the backward pass.
    private void Finish(Tape tape, PlanLease lease, Tensor input, RecurrentState? initial, Tensor output, Tensor[] finals)
    {
        if (!tape.IsRecording)
        {
            lease.Dispose();
            return;
        }

        tape.DisposeAtReset(lease);
        tape.Record(new Gradient(lease.Plan, lease.Key.RecordsGradients ? GradientRecorder : null, _gradients, input, initial?.Tensors, output, finals), output, finals);
    }

    private Parameter[] MakeParameters(RandomSource random)
    {
        List<Parameter> parameters = [];
        int inputSize = _options.InputSize;
        for (int layer = 0; layer < _options.LayerCount; layer++)
        {
            for (int direction = 0; direction < Directions; direction++)
            {
                foreach (CellParameter parameter in _trainingCell.Parameters(inputSize, _options.HiddenSize))
                {
                    string name = $"{parameter.Name}_l{layer}{(direction == 1 ? "_reverse" : string.Empty)}";
                    parameters.Add(Parameter.Create(Device, name, random, parameter));
                }
            }

            inputSize = _outputWidth;
        }

        return [.. parameters];
    }

    private SequencePlan CreatePlan(PlanKey key)
    {
        return SequencePlanner.Create(Device, new SequenceSpecification
        {
            Cell = key.IsTraining ? _trainingCell : _evaluationCell,
            InputSize = _options.InputSize,
            HiddenSize = _options.HiddenSize,
            LayerCount = _options.LayerCount,
            Bidirectional = _options.Bidirectional,
            TimeSteps = key.TimeSteps,
            BatchSize = key.BatchSize,
            NeedsGradient = key.NeedsGradient,
            RecordsGradients = key.RecordsGradients,
            Precision = _options.Precision,
            FillDropoutFactors = key.IsTraining && _dropout.Probability > 0.0f ? _dropout.Fill : null,
            FillMask = _dropout.FillMask,
        });
    }

    private void RequireInput(Tensor input)
    {
        string letters = _options.BatchFirst ? "[B, T, I]" : "[T, B, I]";
        if (input.Rank != 3)
        {
            throw new ShapeException(
                $"Recurrent.Forward: input is {Tensor.Describe(input.Shape)}, but must be {letters}. Reshape it to three axes.",
                nameof(input));
        }

        if (input.Shape[2] != _options.InputSize)
        {
            (string first, string second) = _options.BatchFirst ? ("B", "T") : ("T", "B");
            throw new ShapeException(
                $"Recurrent.Forward: input is [{first}={input.Shape[0]}, {second}={input.Shape[1]}, I={input.Shape[2]}], "
                + $"but this layer has inputSize {_options.InputSize}. Pass a last axis of {_options.InputSize}, or build the layer "
                + $"with InputSize = {input.Shape[2]}.",
                nameof(input));
        }

        if (input.Length == 0)
        {
            throw new ShapeException(
                $"Recurrent.Forward: input is {Tensor.Describe(input.Shape)}, but needs at least one time step and one row. "
                + "Skip empty batches.",
                nameof(input));
        }
    }

    private RecurrentState? Carry(Tape tape, int batchSize)
    {
        RecurrentState? carried = _carried?.Begin(tape);
        CarriedState.RequireRows(carried, batchSize, "Recurrent.Forward");
        return carried;
    }

    private void RequireInitial(Tape tape, RecurrentState? initial, int batchSize)
    {
        if (initial is null)
        {
            return;
        }

        if (initial.Tensors.Count != _states.Length)
        {
            throw new ShapeException(
                $"Recurrent.Forward: the initial state has {initial.Tensors.Count} tensors, but the cell {_cell} has the states "
                + $"{string.Join(", ", _states.Select(state => state.Name))}. Pass one tensor for each.",
                nameof(initial));
        }

        for (int i = 0; i < _states.Length; i++)
        {
            Tensor tensor = initial.Tensors[i];
            tape.Require(tensor, "Recurrent.Forward");
            int[] needed = [_options.LayerCount * Directions, batchSize, _states[i].Width];
            if (!tensor.Shape.SequenceEqual(needed))
            {
                throw new ShapeException(
                    $"Recurrent.Forward: the initial {_states[i].Name} is {Tensor.Describe(tensor.Shape)}, "
                    + $"but [L·D={needed[0]}, B={needed[1]}, width={needed[2]}] is needed. Pass one row for each layer, direction and sequence.",
                    nameof(initial));
            }
        }
    }

    private sealed class Gradient(
        SequencePlan plan,
        GradientRecorder? recorder,
        ArrayView<float>[] parameterGradients,
        Tensor input,
        IReadOnlyList<Tensor>? initial,
        Tensor output,
        Tensor[] finals) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            ArrayView<float>[] finalGradients = new ArrayView<float>[finals.Length];
            bool isReached = output.Gradient is not null;
            for (int i = 0; i < finals.Length; i++)
            {
                finalGradients[i] = finals[i].Gradient?.View ?? default;
                isReached |= finals[i].Gradient is not null;
            }

            if (!isReached)
            {
                return;
            }

            GradientPart inputPart = input.NeedsGradient ? tape.BeginGradient(input) : default;
            GradientPart[] initialParts = new GradientPart[finals.Length];
            ArrayView<float>[] initialGradients = new ArrayView<float>[finals.Length];
            for (int i = 0; initial is not null && i < finals.Length; i++)
            {
                initialParts[i] = initial[i].NeedsGradient ? tape.BeginGradient(initial[i]) : default;
                initialGradients[i] = initialParts[i].View;
            }

            plan.Backward(
                tape.Stream, output.Gradient?.View ?? default, finalGradients, inputPart.View, parameterGradients, initialGradients);
            recorder?.Take(plan);
            tape.EndGradient(inputPart);
            foreach (GradientPart part in initialParts)
            {
                tape.EndGradient(part);
            }
        }
    }
}
