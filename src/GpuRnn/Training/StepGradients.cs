using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>How a <see cref="Trainer"/> gets the gradients of a batch: in one pass, behind the steps before it, or in pieces that are recomputed.</summary>
internal sealed class StepGradients : IDisposable
{
    private readonly Module _model;
    private readonly BatchLoss _loss;
    private readonly int? _recomputeSteps;
    private readonly TruncationWindow? _window;
    private readonly RecomputedBackpropagation? _recomputed;

    /// <summary>Chooses the way.</summary>
    /// <exception cref="ArgumentException">The options ask for a way that the model cannot go.</exception>
    public StepGradients(Module model, BatchLoss loss, TrainerOptions options)
    {
        (_model, _loss, _recomputeSteps) = (model, loss, options.RecomputeSteps);
        if (options.StepsBack is null && options.RecomputeSteps is null)
        {
            return;
        }

        if (options.StepsBack is not null && options.RecomputeSteps is not null)
        {
            throw new ArgumentException(
                $"Trainer: StepsBack is {options.StepsBack} and RecomputeSteps {options.RecomputeSteps}, but gradients are either truncated or "
                + "recomputed. Leave one of them null.",
                nameof(options));
        }

        if (model is not Layer layer)
        {
            throw new ArgumentException(
                "Trainer: StepsBack or RecomputeSteps is set, but the model has several inputs, which cannot be cut along time together. "
                + "Train a Layer, or leave both null.",
                nameof(options));
        }

        if (options.StepsBack is int stepsBack)
        {
            ArgumentCheck.AtLeast(stepsBack, 1, nameof(Trainer), nameof(options.StepsBack), "the steps that gradients flow back");
            _window = new TruncationWindow(layer, options.Loss, stepsBack);
        }
        else
        {
            ArgumentCheck.AtLeast(options.RecomputeSteps!.Value, 0, nameof(Trainer), nameof(options.RecomputeSteps), "the steps of a piece, or 0 for √T");
            _recomputed = new RecomputedBackpropagation(layer, options.Loss);
        }
    }

    /// <summary>Adds the gradient of a batch's loss, times its weight where there are several, and ends the pass of the tape.</summary>
    /// <returns>Loss times weight, and the weight; zeros where there is nothing to learn from.</returns>
    public (double Loss, double Weight) Run(Tape tape, Batch batch, bool isAlone)
    {
        if (batch.Weight == 0.0)
        {
            PassOver(tape, batch);
            return default;
        }

        if (_recomputed is not null)
        {
            return _recomputed.Run(Chunks(batch), isMean: isAlone);
        }

        Tensor loss;
        if (_window is not null)
        {
            loss = _window.Forward(tape, batch);
        }
        else
        {
            batch.Continue(_model);
            loss = _loss(tape, batch);
        }

        double weight = loss.MeanWeight ?? batch.Weight;
        double sum = 0.0;
        if (weight > 0.0)
        {
            if (isAlone)
            {
                tape.Backward(loss);
            }
            else
            {
                tape.Backward(loss, tape.Input([(float)weight], loss.Shape));
            }

            sum = loss.Item() * weight;
        }

        tape.Reset();
        return (sum, weight);
    }

    /// <summary>A batch's loss times its weight, and the weight, without gradients.</summary>
    public (double Loss, double Weight) Evaluate(Tape inference, Batch batch)
    {
        double sum = 0.0;
        double weight = 0.0;
        BatchChunks? chunks = _recomputed is null ? null : Chunks(batch);
        for (int index = 0; index < (chunks?.Count ?? 1); index++)
        {
            Batch chunk = chunks?.GetChunk(index) ?? batch;
            chunk.Continue(_model);
            if (chunk.Weight > 0.0)
            {
                Tensor loss = _loss(inference, chunk);
                double share = loss.MeanWeight ?? chunk.Weight;
                sum += share > 0.0 ? loss.Item() * share : 0.0;
                weight += share;
            }
            else
            {
                Advance(inference, chunk);
            }

            inference.Reset();
        }

        return (sum, weight);
    }

    /// <summary>Lets no gradient go back into the epoch before, whose batches cannot be asked for any more; what is carried stays.</summary>
    public void StartEpoch()
    {
        _window?.DropPast();
    }

    /// <summary>Writes what stateful layers carry.</summary>
    public void SaveState(SavedState state)
    {
        int number = 0;
        foreach (CarriedState carried in _model.Carried)
        {
            carried.SaveState(state.Section($"carried{number++}"));
        }

        _window?.SaveState(state.Section("window"));
    }

    /// <summary>Takes up what stateful layers carried.</summary>
    /// <param name="state">As saved.</param>
    /// <param name="batch">Gives the batch of a number of the epoch.</param>
    /// <param name="next">The number of the next batch.</param>
    public void LoadState(SavedState state, Func<int, Batch> batch, int next)
    {
        if (next > 0)
        {
            _window?.LoadState(state.Section("window"), batch, next);
        }

        int number = 0;
        foreach (CarriedState carried in _model.Carried)
        {
            carried.TakeState(state.Section($"carried{number++}"), _model.Device);
        }
    }

    // A batch without targets still moves what stateful layers carry.
    private void PassOver(Tape tape, Batch batch)
    {
        if (_window is not null)
        {
            _window.Advance(tape, batch);
        }
        else if (_recomputed is null)
        {
            batch.Continue(_model);
            Advance(tape, batch);
        }

        tape.Reset();
    }

    private void Advance(Tape tape, Batch batch)
    {
        if (_model is Layer layer && _model.Carried.Any())
        {
            layer.Advance(tape, tape.Input(batch.Inputs, batch.InputShape), batch.Mask);
        }
    }

    private BatchChunks Chunks(Batch batch)
    {
        TimeSlices.RequireSteps(batch, "Trainer.Fit");
        return new BatchChunks(batch, _recomputeSteps > 0 ? _recomputeSteps.Value : BatchChunks.SquareRoot(batch.InputShape[0]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _window?.Dispose();
        _recomputed?.Dispose();
    }
}
