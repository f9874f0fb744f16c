using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Backpropagation through the last k₂ steps at every batch of k₁ steps, k₂ above k₁.</summary>
/// <remarks>
/// Williams and Peng (1990), BPTT(h; h') with h = k₂ and h' = k₁: the loss is that of the batch's own steps, and its gradient flows back through the
/// steps of the batches before as well. Those are run again with the present weights, from states that are kept where each of them begins; what
/// stands further back than k₂ steps gives its state and no gradient. Memory depends on k₂ alone.
/// </remarks>
internal sealed class TruncationWindow : IDisposable
{
    private readonly Layer _model;
    private readonly LossFunction _loss;
    private readonly CarriedState[] _carried;
    private readonly int _steps;
    private readonly Tape _detached;
    private readonly List<PastBatch> _past = [];

    /// <summary>Begins without a past.</summary>
    /// <param name="model">Its recurrent layers are stateful.</param>
    /// <param name="loss">A mean over the targets of a batch.</param>
    /// <param name="steps">k₂.</param>
    public TruncationWindow(Layer model, LossFunction loss, int steps)
    {
        if (!model.CanBeCutInTime)
        {
            throw new ArgumentException(
                "Trainer: StepsBack is set, but the model has a layer that looks at several steps at once and carries nothing. "
                + "Set IsStateful in its recurrent layers, and leave out what cannot be cut, such as convolutions over time.",
                nameof(model));
        }

        (_model, _loss, _steps) = (model, loss, steps);
        _carried = [.. model.Carried];
        _detached = new Tape(model.Device);
    }

    /// <summary>Batches before the present one that are kept.</summary>
    public int PastCount => _past.Count;

    /// <summary>Runs a batch behind its past and leaves the loss on the tape, ready for its backward pass.</summary>
    public Tensor Forward(Tape tape, Batch batch)
    {
        Batch present = Begin(tape, batch);
        return _loss(tape, _model.Forward(tape, tape.Input(present.Inputs, present.InputShape), present.Mask), batch);
    }

    /// <summary>Runs a batch that has no target behind its past.</summary>
    public void Advance(Tape tape, Batch batch)
    {
        Batch present = Begin(tape, batch);
        _model.Advance(tape, tape.Input(present.Inputs, present.InputShape), present.Mask);
    }

    private Batch Begin(Tape tape, Batch batch)
    {
        TimeSlices.RequireSteps(batch, "Trainer.Fit");
        int own = batch.InputShape[0];
        if (own > _steps)
        {
            throw new InvalidOperationException(
                $"Trainer.Fit: a batch has k1 = {own} steps, but StepsBack is k2 = {_steps}. Set k2 to at least k1.");
        }

        if (batch.BeginsAnew)
        {
            Forget();
        }

        PastBatch present = Take(batch);
        Drop(_steps - own, out int skipped);
        if (_past.Count > 0)
        {
            Restore(_past[0]);
        }
        else
        {
            Keep(present);
        }

        for (int i = 0; i < _past.Count; i++)
        {
            if (i > 0)
            {
                Keep(_past[i]);
            }

            Replay(tape, _past[i].Batch, i == 0 ? skipped : 0);
        }

        if (_past.Count > 0)
        {
            Keep(present);
        }

        _past.Add(present);
        present.Batch.Continue(_model);
        return present.Batch;
    }

    /// <summary>Forgets the past and what is carried, as where every row begins anew.</summary>
    public void Forget()
    {
        DropPast();
        _model.ResetState();
    }

    /// <summary>Forgets the batches of the past; the next one goes on from the state that is carried, without a gradient.</summary>
    public void DropPast()
    {
        _past.ForEach(past => past.Dispose());
        _past.Clear();
    }

    /// <summary>Writes where the oldest batch begins.</summary>
    public void SaveState(SavedState state)
    {
        state.SetInteger("past", _past.Count);
        for (int i = 0; i < _past.Count; i++)
        {
            _past[i].SaveState(state.Section($"{i}"));
        }
    }

    /// <summary>Takes the past up again.</summary>
    /// <param name="state">As saved.</param>
    /// <param name="batch">Gives the batch of a number of the epoch.</param>
    /// <param name="next">The number of the next batch.</param>
    public void LoadState(SavedState state, Func<int, Batch> batch, int next)
    {
        Forget();
        int count = (int)state.GetInteger("past");
        for (int i = 0; i < count; i++)
        {
            PastBatch past = Take(batch(next - count + i));
            past.LoadState(state.Section($"{i}"), _model.Device);
            _past.Add(past);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DropPast();
        _detached.Dispose();
    }

    /// <summary>Drops batches that stand wholly before the steps to go back, and says how many steps of the oldest one that is left do.</summary>
    private void Drop(int stepsBack, out int skipped)
    {
        int first = _past.Count;
        int steps = 0;
        while (first > 0 && steps < stepsBack)
        {
            steps += _past[--first].Batch.InputShape[0];
        }

        skipped = Math.Max(0, steps - stepsBack);
        for (int i = 0; i < first; i++)
        {
            _past[i].Dispose();
        }

        _past.RemoveRange(0, first);
    }

    private void Replay(Tape tape, Batch batch, int skipped)
    {
        int timeSteps = batch.InputShape[0];
        batch.Continue(_model);
        if (skipped > 0)
        {
            Batch head = TimeSlices.Slice(batch, 0, skipped);
            _model.Advance(_detached, _detached.Input(head.Inputs, head.InputShape), head.Mask);
            _detached.Reset();
        }

        if (skipped < timeSteps)
        {
            Batch tail = skipped == 0 ? batch : TimeSlices.Slice(batch, skipped, timeSteps - skipped);
            _model.Advance(tape, tape.Input(tail.Inputs, tail.InputShape), tail.Mask);
        }
    }

    private void Restore(PastBatch past)
    {
        for (int i = 0; i < _carried.Length; i++)
        {
            _carried[i].Restore(past.Start[i]);
        }
    }

    private void Keep(PastBatch past)
    {
        for (int i = 0; i < _carried.Length; i++)
        {
            past.Start[i] = _carried[i].Capture(past.Start[i]);
        }
    }

    // A source may use its arrays again, so the past keeps its own; nobody asks for its targets again.
    private PastBatch Take(Batch batch)
    {
        Batch copy = new()
        {
            Inputs = [.. batch.Inputs],
            InputShape = batch.InputShape,
            Mask = batch.Mask,
            Continues = batch.Continues?.ToArray(),
            SequenceCount = batch.SequenceCount,
            LossWeight = 0.0,
        };
        return new PastBatch(copy, new RecurrentState?[_carried.Length]);
    }
}
