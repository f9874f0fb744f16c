using System.Diagnostics;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>
/// Runs epochs of training steps over a model: forward, loss, backward, clipping, update; then validation, schedule, early stopping.
/// </summary>
/// <remarks>
/// Everything that decides the coming steps can be captured between two of them, so a resumed run gives the bits of an unbroken one.
/// </remarks>
public sealed class Trainer
{
    private readonly Module _model;
    private readonly BatchLoss _loss;
    private readonly Optimizer _optimizer;
    private readonly TrainerOptions _options;
    private readonly RandomSource _random;
    private readonly List<EpochResult> _epochs = [];
    private readonly Stopwatch _clock = new();
    private readonly BestWeights _best;
    private StepGradients? _gradients;
    private SavedState? _resumed;
    private TimeSpan _elapsedBefore;
    private RandomState _epochStart;
    private int _batchCount;
    private int _step;
    private double _lossSum;
    private double _lossWeight;
    private long _sequencesSinceStart;
    private long _stepsSinceStart;
    private float _gradientNorm;
    private float _stepRate;

    /// <summary>Prepares a run over a model of one input, whose output <see cref="TrainerOptions.Loss"/> judges; nothing is trained yet.</summary>
    /// <param name="model">Trained in place; stays the caller's to dispose.</param>
    /// <param name="optimizer">Must update this model's parameters.</param>
    /// <param name="options">How long and how; kept, not copied.</param>
    public Trainer(Layer model, Optimizer optimizer, TrainerOptions options)
        : this(model, (tape, batch) => options.Loss(tape, model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape), batch.Mask), batch), optimizer, options, runsModel: false)
    {
    }

    /// <summary>Prepares a run over a model of any form; nothing is trained yet.</summary>
    /// <param name="model">Trained in place; stays the caller's to dispose.</param>
    /// <param name="loss">Runs the model; <see cref="TrainerOptions.Loss"/> is not asked.</param>
    /// <param name="optimizer">Must update this model's parameters.</param>
    /// <param name="options">How long and how; kept, not copied.</param>
    /// <exception cref="ArgumentException">The options ask for gradients through pieces of sequences, which only an output's loss can be cut into.</exception>
    public Trainer(Module model, BatchLoss loss, Optimizer optimizer, TrainerOptions options)
        : this(model, loss, optimizer, options, runsModel: true)
    {
    }

    private Trainer(Module model, BatchLoss loss, Optimizer optimizer, TrainerOptions options, bool runsModel)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentCheck.AtLeast(options.Epochs, 0, nameof(Trainer), nameof(options.Epochs), "the number of passes over the data");
        ArgumentCheck.AtLeast(options.BatchesPerStep, 1, nameof(Trainer), nameof(options.BatchesPerStep), "the number of batches a step");
        ArgumentCheck.AtLeast(options.CheckpointEverySteps, 0, nameof(Trainer), nameof(options.CheckpointEverySteps), "steps between checkpoints, or 0");
        ArgumentCheck.Positive(options.ClipNorm ?? 1.0f, nameof(Trainer), nameof(options.ClipNorm), "the largest gradient norm, or null for none");
        ArgumentCheck.Positive(options.ClipEachNorm ?? 1.0f, nameof(Trainer), nameof(options.ClipEachNorm), "the largest norm of a gradient, or null for none");
        ArgumentCheck.Positive(options.ClipValue ?? 1.0f, nameof(Trainer), nameof(options.ClipValue), "the largest gradient element, or null for none");

        if (runsModel && (options.StepsBack is not null || options.RecomputeSteps is not null))
        {
            throw new ArgumentException(
                "Trainer: StepsBack or RecomputeSteps is set beside a loss that runs the model itself, but pieces of sequences are run here and judged "
                + "by the options' Loss. Train a Layer with TrainerOptions.Loss, or leave both null.",
                nameof(options));
        }

        _model = model;
        _loss = loss;
        _gradients = new StepGradients(model, loss, options);
        _optimizer = optimizer;
        _options = options;
        _random = new RandomSource(options.Seed);
        _epochStart = _random.State;
        _best = new BestWeights(model.Parameters);
        TakeRate();
        _stepRate = optimizer.LearningRate;
    }

    /// <summary>Trains until all epochs are done, early stopping strikes, or cancellation is asked for.</summary>
    /// <param name="train">The training data.</param>
    /// <param name="validation">Decides early stopping and plateau schedules; null for none, and then the training loss decides.</param>
    /// <param name="progress">Told after every step, on this thread.</param>
    /// <param name="cancellation">Looked at between steps; the step in progress is finished.</param>
    /// <param name="resume">
    /// A checkpoint to start from; the model, optimizer, schedule and data must be made as for the run that wrote it, at whatever step it was taken. To go
    /// on with other data, call this again on a trainer that ended an epoch, or load the weights alone.
    /// </param>
    /// <returns>Why it ended and every epoch's losses.</returns>
    /// <exception cref="FormatException">The checkpoint belongs to another model, optimizer, schedule or data.</exception>
    /// <exception cref="InvalidOperationException">A cancelled run is to go on within an epoch, but the data has another number of batches.</exception>
    /// <exception cref="TrainingException">A loss or a gradient norm is NaN or infinite; the weights are those before that step.</exception>
    public TrainingResult Fit(
        IBatchSource train,
        IBatchSource? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default,
        Checkpoint? resume = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        if (resume is not null)
        {
            Restore(resume, train.BatchCount);
        }
        else if (_step > 0 && _batchCount != train.BatchCount)
        {
            throw new InvalidOperationException(
                $"Trainer.Fit: the run stopped behind step {_step} of an epoch of {_batchCount} batches, but the data has {train.BatchCount} now. "
                + "Go on with the data that it began with, or make a new trainer.");
        }

        _batchCount = train.BatchCount;
        if (_options.CheckpointPath is string path)
        {
            Checkpoint.DeleteLeftovers(path);
        }

        _sequencesSinceStart = 0;
        _stepsSinceStart = 0;
        _clock.Restart();
        _gradients ??= new StepGradients(_model, _loss, _options);
        using Tape tape = new(_model.Device);
        using Tape inference = Tape.Inference(_model.Device);
        TrainingEnd end = RunEpochs(train, validation, progress, tape, inference, cancellation);

        // A run that trained and was not cancelled has written one at its last epoch's end. In any case before the best weights come back, as a run
        // of more epochs goes on from the latest.
        WriteCheckpoint(isDue: end == TrainingEnd.Cancelled || _stepsSinceStart == 0);
        bool isBest = end != TrainingEnd.Cancelled && _options.EarlyStopping is not null && _best.IsKept;
        if (isBest)
        {
            _best.Restore();
        }

        if (end != TrainingEnd.Cancelled)
        {
            _gradients.Dispose();
            _gradients = null;
        }

        _elapsedBefore += _clock.Elapsed;
        _clock.Reset();
        return new TrainingResult(end, [.. _epochs], isBest ? _options.EarlyStopping!.BestEpoch : _epochs.Count, _elapsedBefore);
    }

    /// <summary>
    /// The mean loss over a source's targets with the model in evaluation mode; weights and random streams stay as they are.
    /// </summary>
    public double Evaluate(IBatchSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using Tape inference = Tape.Inference(_model.Device);
        return Evaluate(source, inference);
    }

    /// <summary>
    /// Copies everything that decides the coming steps. Call between steps: after <see cref="Fit"/>, or from its progress callback.
    /// </summary>
    public Checkpoint CaptureCheckpoint()
    {
        Checkpoint checkpoint = new();
        SavedState state = checkpoint.State;
        state.SetText("epochStart", _epochStart.ToString());
        state.SetText("random", _random.State.ToString());
        state.SetText("scheduleKind", Name(_options.Schedule));
        state.SetText("earlyStoppingKind", Name(_options.EarlyStopping));
        state.SetText("batchesPerStep", Invariant(_options.BatchesPerStep));
        state.SetText("seed", Invariant(_options.Seed));
        state.SetInteger("randomSources", _options.RandomSources.Count);
        for (int i = 0; i < _options.RandomSources.Count; i++)
        {
            state.SetText($"randomSource{i}", _options.RandomSources[i].State.ToString());
        }

        state.SetInteger("batchCount", _batchCount);
        state.SetInteger("epoch", _epochs.Count);
        state.SetInteger("step", _step);
        state.SetNumber("lossSum", _lossSum);
        state.SetNumber("lossWeight", _lossWeight);
        state.SetNumber("gradientNorm", _gradientNorm);
        state.SetNumber("stepRate", _stepRate);
        state.SetInteger("elapsedTicks", (_elapsedBefore + _clock.Elapsed).Ticks);
        SavedState model = state.Section("model");
        foreach (Parameter parameter in _model.Parameters)
        {
            model.SetArray(parameter.Name, parameter.Value.ToArray(), parameter.Value.Shape);
        }

        _model.SaveState(state.Section("modules"));
        SaveCarried(state.Section("gradients"));
        _optimizer.SaveState(state.Section("optimizer"));
        _options.Schedule?.SaveState(state.Section("schedule"));
        _options.EarlyStopping?.SaveState(state.Section("earlyStopping"));
        _best.SaveState(state.Section("best"));
        EpochRecords.Save(_epochs, state.Section("epochs"));
        return checkpoint;
    }

    // Behind a run that is over, what stateful layers carry is still in the model.
    private void SaveCarried(SavedState state)
    {
        using StepGradients? own = _gradients is null ? new StepGradients(_model, _loss, _options) : null;
        (_gradients ?? own)!.SaveState(state);
    }

    private TrainingEnd RunEpochs(
        IBatchSource train,
        IBatchSource? validation,
        IProgress<TrainingProgress>? progress,
        Tape tape,
        Tape inference,
        CancellationToken cancellation)
    {
        using GradientNorm norm = new(_optimizer.Parameters);
        while (_epochs.Count < _options.Epochs)
        {
            if (_options.EarlyStopping is { ShouldStop: true })
            {
                return TrainingEnd.StoppedEarly;
            }

            // A resumed epoch gets its order back by drawing it again from where the random source stood at the epoch's start.
            _random.State = _epochStart;
            train.StartEpoch(_random);
            if (_step == 0)
            {
                _gradients!.StartEpoch();
            }

            if (_resumed is not null)
            {
                _gradients!.LoadState(_resumed, train.GetBatch, _step);
            }

            _resumed = null;
            while (_step < train.BatchCount)
            {
                if (cancellation.IsCancellationRequested)
                {
                    return TrainingEnd.Cancelled;
                }

                int count = Math.Min(_options.BatchesPerStep, train.BatchCount - _step);
                TrainStep(train, count, tape, norm);
                _step += count;
                WriteCheckpoint(isDue: _options.CheckpointEverySteps > 0 && _optimizer.StepCount % _options.CheckpointEverySteps == 0);
                progress?.Report(Progress(train.BatchCount));
            }

            EndEpoch(validation, inference);
            WriteCheckpoint(isDue: true);
        }

        return TrainingEnd.Completed;
    }

    private void TrainStep(IBatchSource train, int count, Tape tape, GradientNorm norm)
    {
        _model.Train();
        _optimizer.ZeroGradients();
        double lossSum = 0.0;
        double weightSum = 0.0;
        for (int i = 0; i < count; i++)
        {
            Batch batch = train.GetBatch(_step + i);
            (double loss, double weight) = _gradients!.Run(tape, batch, isAlone: count == 1);
            lossSum += loss;
            weightSum += weight;
            _sequencesSinceStart += batch.SequenceCount;
        }

        _stepsSinceStart++;
        if (weightSum == 0.0)
        {
            return;
        }

        if (count > 1)
        {
            norm.Scale((float)(1.0 / weightSum));
        }

        Clip(norm);
        RequireFinite((float)(lossSum / weightSum));
        _stepRate = _optimizer.LearningRate;
        _optimizer.Step();
        _options.Schedule?.EndStep();
        TakeRate();
        _lossSum += lossSum;
        _lossWeight += weightSum;
    }

    private void Clip(GradientNorm norm)
    {
        if (_options.ClipValue is float limit)
        {
            GradientClipping.ByValue(_optimizer.Parameters, limit);
        }

        if (_options.ClipEachNorm is float each)
        {
            norm.ClipEach(each);
        }

        _gradientNorm = norm.Clip(_options.ClipNorm ?? float.PositiveInfinity);
    }

    // Before the optimizer's step, so that the weights stay those that still gave finite numbers.
    private void RequireFinite(float loss)
    {
        if (!float.IsFinite(loss) || !float.IsFinite(_gradientNorm))
        {
            throw new TrainingException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Trainer.Fit: at batch {_step + 1} of epoch {_epochs.Count + 1} the loss is {loss} and the gradient norm {_gradientNorm}, but both must be finite. Lower the learning rate, clip the gradients, or look for infinite values in the data."));
        }
    }

    private void EndEpoch(IBatchSource? validation, Tape inference)
    {
        double trainLoss = MeanLoss(_lossSum, _lossWeight);
        double? validationLoss = validation is null ? null : Evaluate(validation, inference);
        double watched = validationLoss ?? trainLoss;
        _epochs.Add(new EpochResult(_epochs.Count + 1, trainLoss, validationLoss, _stepRate, _gradientNorm));
        _step = 0;
        _epochStart = _random.State;
        (_lossSum, _lossWeight) = (0.0, 0.0);
        if (_options.EarlyStopping is not null && _options.EarlyStopping.Observe(_epochs.Count, watched))
        {
            _best.Keep();
        }

        _options.Schedule?.EndEpoch(watched);
        TakeRate();
    }

    private void WriteCheckpoint(bool isDue)
    {
        if (isDue && _options.CheckpointPath is string path)
        {
            CaptureCheckpoint().Save(path);
        }
    }

    private void TakeRate()
    {
        if (_options.Schedule is not null)
        {
            _optimizer.LearningRate = _options.Schedule.LearningRate;
        }
    }

    private double Evaluate(IBatchSource source, Tape inference)
    {
        double sum = 0.0;
        double weight = 0.0;
        using EvaluationScope scope = new(_model);
        StepGradients gradients = _gradients ?? new StepGradients(_model, _loss, _options);
        for (int index = 0; index < source.BatchCount; index++)
        {
            (double loss, double share) = gradients.Evaluate(inference, source.GetBatch(index));
            sum += loss;
            weight += share;
        }

        if (_gradients is null)
        {
            gradients.Dispose();
        }

        return MeanLoss(sum, weight);
    }

    // Without any target there is no mean; 0 keeps the run going.
    private static double MeanLoss(double sum, double weight)
    {
        return weight > 0.0 ? sum / weight : 0.0;
    }

    private TrainingProgress Progress(int batchCount)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        int stepCount = (batchCount + _options.BatchesPerStep - 1) / _options.BatchesPerStep;
        int step = (_step + _options.BatchesPerStep - 1) / _options.BatchesPerStep;
        double stepsLeft = ((double)(_options.Epochs - _epochs.Count) * stepCount) - step;
        return new TrainingProgress(
            _epochs.Count + 1,
            _options.Epochs,
            step,
            stepCount,
            MeanLoss(_lossSum, _lossWeight),
            _epochs.Count > 0 ? _epochs[^1].ValidationLoss : null,
            _stepRate,
            _gradientNorm,
            seconds > 0.0 ? _sequencesSinceStart / seconds : 0.0,
            _elapsedBefore + _clock.Elapsed,
            _stepsSinceStart > 0 ? TimeSpan.FromSeconds(seconds / _stepsSinceStart * stepsLeft) : null);
    }

    private static string Name(object? part)
    {
        return part?.GetType().Name ?? "null";
    }

    private static string Invariant(IFormattable number)
    {
        return number.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void RequireSame(string option, string saved, string present)
    {
        if (saved != present)
        {
            throw new FormatException(
                $"Checkpoint: the run that wrote it had {option} {saved}, but this one has {present}. Resume with the options of the first run.");
        }
    }

    private void Restore(Checkpoint checkpoint, int batchCount)
    {
        SavedState state = checkpoint.State;
        SavedState model = state.Section("model");
        foreach (Parameter parameter in _model.Parameters)
        {
            parameter.RequireShape(model.GetArray(parameter.Name).Shape, "Trainer.Fit");
        }

        RequireSame("Schedule", state.GetText("scheduleKind"), Name(_options.Schedule));
        RequireSame("EarlyStopping", state.GetText("earlyStoppingKind"), Name(_options.EarlyStopping));
        RequireSame("BatchesPerStep", state.GetText("batchesPerStep"), Invariant(_options.BatchesPerStep));
        RequireSame("Seed", state.GetText("seed"), Invariant(_options.Seed));
        long batches = state.GetInteger("batchCount");

        // 0 where it was taken before there was any data.
        RequireSame("BatchCount", Invariant(batches), Invariant(batches == 0 ? 0 : batchCount));
        long sources = state.GetInteger("randomSources");
        if (sources != _options.RandomSources.Count)
        {
            throw new FormatException(
                $"Checkpoint: the run that wrote it had {sources} RandomSources, but this one has {_options.RandomSources.Count}. Resume with the options of the first run.");
        }

        // Only now that all of them fit is anything changed.
        foreach (Parameter parameter in _model.Parameters)
        {
            parameter.Value.CopyFrom(model.GetArray(parameter.Name).Values);
        }

        _model.LoadState(state.Section("modules"));
        _resumed = state.Section("gradients");
        _optimizer.LoadState(state.Section("optimizer"));
        _options.Schedule?.LoadState(state.Section("schedule"));
        _options.EarlyStopping?.LoadState(state.Section("earlyStopping"));
        _best.LoadState(state.Section("best"));
        _epochStart = RandomState.Parse(state.GetText("epochStart"));
        _random.State = RandomState.Parse(state.GetText("random"));
        for (int i = 0; i < sources; i++)
        {
            _options.RandomSources[i].State = RandomState.Parse(state.GetText($"randomSource{i}"));
        }

        _step = (int)state.GetInteger("step");
        _lossSum = state.GetNumber("lossSum");
        _lossWeight = state.GetNumber("lossWeight");
        _gradientNorm = (float)state.GetNumber("gradientNorm");
        _stepRate = (float)state.GetNumber("stepRate");
        _elapsedBefore = TimeSpan.FromTicks(state.GetInteger("elapsedTicks"));
        _epochs.Clear();
        _epochs.AddRange(EpochRecords.Load(state.Section("epochs"), (int)state.GetInteger("epoch")));
    }
}
