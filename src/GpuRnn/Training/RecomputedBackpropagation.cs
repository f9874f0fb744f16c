using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>
/// Backpropagation through whole sequences too long to keep: states are kept where pieces begin, and each piece is run again when its turn to go
/// backwards comes.
/// </summary>
/// <remarks>
/// Chen, Xu, Zhang and Guestrin (2016), Training Deep Nets with Sublinear Memory Cost. With √T pieces of √T steps the kept states and what one piece
/// saves are both O(√T); forwards everything runs twice. Gradients are those of a run that keeps all, to the bit: each piece is computed from the
/// same states by the same operations, with the same random numbers. Device memory is allocated by the first run and used again.
/// </remarks>
public sealed class RecomputedBackpropagation : IDisposable
{
    private readonly Layer _model;
    private readonly LossFunction _loss;
    private readonly CarriedState[] _carried;
    private readonly Tape _tape;
    private readonly List<RecurrentState?[]> _starts = [];
    private readonly RecurrentState?[][] _leaves;

    /// <summary>Prepares runs over a model.</summary>
    /// <param name="model">Its recurrent layers are stateful, and all others treat each step by itself.</param>
    /// <param name="loss">A mean over the targets of a piece.</param>
    /// <exception cref="ArgumentException">The model has a layer that cannot be cut in time.</exception>
    public RecomputedBackpropagation(Layer model, LossFunction loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        if (!model.CanBeCutInTime)
        {
            throw new ArgumentException(
                "RecomputedBackpropagation: the model has a layer that looks at several steps at once and carries nothing, but sequences are cut into "
                + "pieces. Set IsStateful in its recurrent layers, and leave out what cannot be cut, such as convolutions over time.",
                nameof(model));
        }

        (_model, _loss) = (model, loss);
        _carried = [.. model.Carried];
        _tape = new Tape(model.Device);
        _leaves = [new RecurrentState?[_carried.Length], new RecurrentState?[_carried.Length]];
    }

    /// <summary>Adds the gradient of the mean loss over all targets to the gradients of the model's parameters.</summary>
    /// <param name="chunks">
    /// The sequences, from their beginning. Each piece counts by what its loss is a mean over where the loss says it (those of <see cref="Losses"/> do), otherwise
    /// by its <see cref="Batch.LossWeight"/>; one of weight 0 has no target.
    /// </param>
    /// <returns>The mean loss; 0 where there is no target, and then no gradient.</returns>
    public double Run(ISequenceChunks chunks)
    {
        (double sum, double weight) = Run(chunks, isMean: true);
        return weight > 0.0 ? sum / weight : 0.0;
    }

    /// <summary>As the public form; the gradient is that of the mean or of the mean times the weight.</summary>
    /// <returns>The mean loss times the weight, and the weight.</returns>
    internal (double Sum, double Weight) Run(ISequenceChunks chunks, bool isMean)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        ArgumentCheck.AtLeast(chunks.Count, 1, "RecomputedBackpropagation.Run", nameof(chunks.Count), "at least one piece");
        SavedState[] random = new SavedState[chunks.Count];
        double[] weights = RunForward(chunks, random);
        double total = 0.0;
        double sum = 0.0;
        SavedState? end = null;
        bool isReached = false;
        for (int index = chunks.Count - 1; index >= 0; index--)
        {
            Batch batch = chunks.GetChunk(index);
            _model.LoadState(random[index]);
            Tensor? output = Forward(batch, index, Leaves(index));
            List<Tensor> outputs = [];
            List<Tensor> gradients = [];
            Tensor? loss = output is not null && weights[index] > 0.0 ? _loss(_tape, output, batch) : null;
            if (end is null)
            {
                end = SaveRandom();
                weights[index] = Weight(loss, batch);
                total = weights.Sum();
            }

            if (loss is not null && weights[index] > 0.0)
            {
                outputs.Add(loss);
                gradients.Add(_tape.Input([(float)(isMean ? weights[index] / total : weights[index])], loss.Shape));
                sum += loss.Item() * weights[index];
            }

            if (isReached)
            {
                AddStates(_leaves[(index + 1) % 2], outputs, gradients);
            }

            if (outputs.Count > 0)
            {
                _tape.Backward(outputs, gradients);
                isReached = true;
            }

            _tape.Reset();
            if (total == 0.0)
            {
                break;
            }
        }

        _model.LoadState(end!);
        _model.ResetState();
        return (sum, total);
    }

    /// <summary>Frees the kept states and the tape.</summary>
    public void Dispose()
    {
        _tape.Dispose();
        foreach (RecurrentState? state in _starts.Concat(_leaves).SelectMany(states => states))
        {
            state?.Dispose();
        }
    }

    /// <summary>Runs every piece but the last one, and keeps where each begins.</summary>
    /// <returns>The weight of each piece's loss; of the last one whether it has any.</returns>
    private double[] RunForward(ISequenceChunks chunks, SavedState[] random)
    {
        double[] weights = new double[chunks.Count];
        _model.ResetState();
        for (int index = 0; index < weights.Length; index++)
        {
            if (_starts.Count == index)
            {
                _starts.Add(new RecurrentState?[_carried.Length]);
            }

            for (int i = 0; index > 0 && i < _carried.Length; i++)
            {
                _starts[index][i] = _carried[i].Capture(_starts[index][i]);
            }

            random[index] = SaveRandom();
            Batch batch = chunks.GetChunk(index);
            weights[index] = batch.Weight;
            if (index < weights.Length - 1)
            {
                // On the recording tape, so that both runs are made by the same plan.
                Tensor? output = Forward(batch, index, states: null);
                weights[index] = Weight(output is null ? null : _loss(_tape, output, batch), batch);
                _tape.Reset();
            }
        }

        return weights;
    }

    private static double Weight(Tensor? loss, Batch batch)
    {
        return loss is null ? 0.0 : loss.MeanWeight ?? batch.Weight;
    }

    /// <summary>Runs a piece; only as far as what is carried goes, and without an output, where it has no target.</summary>
    private Tensor? Forward(Batch batch, int index, RecurrentState?[]? states)
    {
        TimeSlices.RequireSteps(batch, "RecomputedBackpropagation.Run");
        for (int i = 0; states is not null && i < _carried.Length; i++)
        {
            _carried[i].Start(states[i]);
        }

        if (index > 0 && batch.Continues is not null)
        {
            batch.Continue(_model);
        }

        Tensor input = _tape.Input(batch.Inputs, batch.InputShape);
        if (batch.Weight > 0.0)
        {
            return _model.Forward(_tape, input, batch.Mask);
        }

        _model.Advance(_tape, input, batch.Mask);
        return null;
    }

    /// <summary>Where a piece begins, as tensors that collect the gradient for the piece before; two sets in turn.</summary>
    private RecurrentState?[] Leaves(int index)
    {
        if (index == 0)
        {
            return new RecurrentState?[_carried.Length];
        }

        RecurrentState?[] leaves = _leaves[index % 2];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = _starts[index][i]?.Detach(leaves[i]);
            foreach (Tensor tensor in leaves[i]?.Tensors ?? [])
            {
                tensor.TrackGradient().Gradient!.Clear();
            }
        }

        return leaves;
    }

    private void AddStates(RecurrentState?[] leaves, List<Tensor> outputs, List<Tensor> gradients)
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            if (leaves[i] is RecurrentState leaf && _carried[i].Live is RecurrentState live)
            {
                outputs.AddRange(live.Tensors);
                gradients.AddRange(leaf.Tensors.Select(tensor => tensor.Gradient!));
            }
        }
    }

    private SavedState SaveRandom()
    {
        SavedState state = new();
        _model.SaveState(state);
        return state;
    }
}
