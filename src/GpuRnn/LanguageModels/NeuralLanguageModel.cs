using GpuRnn.Data;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.LanguageModels;

/// <summary>A language model made of any layer that turns tokens [T, B] into logits [T, B, V] and looks at no later step.</summary>
/// <remarks>
/// The layer sees the start symbol and then the sentence, and at each step gives the logits of what follows. A recurrent layer over an embedding is one;
/// so is <see cref="NgramNetwork"/>. A layer that reads in both directions is none: it would see what it predicts. Every sentence begins at states of zero,
/// and what stateful layers carried before is put back.
/// </remarks>
public sealed class NeuralLanguageModel : LanguageModel
{
    private readonly Layer _layer;
    private readonly int _batchSize;

    /// <summary>Keeps the layer, which stays the caller's to dispose.</summary>
    /// <param name="layer">[T, B] tokens to [T, B, V] logits.</param>
    /// <param name="encoder">Cuts and numbers sentences; its vocabulary has a start and an end symbol.</param>
    /// <param name="batchSize">Sentences that are scored together.</param>
    /// <exception cref="ArgumentException">A recurrent layer inside reads in both directions, or takes the batch first.</exception>
    public NeuralLanguageModel(Layer layer, TextEncoder encoder, int batchSize = 64)
        : base(encoder)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentCheck.AtLeast(batchSize, 1, nameof(NeuralLanguageModel), nameof(batchSize), "the sentences that are scored together");
        RequireForward(layer);
        (_layer, _batchSize) = (layer, batchSize);
    }

    /// <summary>The layer that gives the logits.</summary>
    public Layer Layer => _layer;

    /// <summary>Batches that train the layer by <see cref="Losses.SoftmaxCrossEntropy(Tape, Tensor, Batch)"/>: each symbol and the end after those before.</summary>
    /// <param name="sentences">Texts.</param>
    /// <param name="options">How batches are made.</param>
    public SequenceBatchSource Batches(IEnumerable<string> sentences, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return Source([.. sentences.Select(Encoder.Encode)], options);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double[]> LogProbabilities(IReadOnlyList<int[]> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        if (sentences.Count == 0)
        {
            return [];
        }

        double[][] result = new double[sentences.Count][];
        SequenceBatchSource source = Source(sentences, new SequenceBatchOptions { BatchSize = _batchSize, Shuffle = false });
        int next = 0;
        Run(tape =>
        {
            for (int i = 0; i < source.BatchCount; i++)
            {
                Batch batch = source.GetBatch(i);
                float[] logits = Logits(tape, batch.Inputs, batch.InputShape, batch.Mask);
                for (int row = 0; row < batch.SequenceCount; row++)
                {
                    double[] logs = new double[sentences[next].Length + 1];
                    for (int step = 0; step < logs.Length; step++)
                    {
                        int place = (step * batch.SequenceCount) + row;
                        ReadOnlySpan<float> own = logits.AsSpan(place * Encoder.Vocabulary.Count, Encoder.Vocabulary.Count);
                        logs[step] = own[batch.Classes[place]] - (double)Tensors.LogProbabilities.LogSum(own);
                    }

                    result[next++] = logs;
                }

                tape.Reset();
            }
        });
        return result;
    }

    /// <inheritdoc/>
    public override double[] NextLogProbabilities(IReadOnlyList<int> before)
    {
        ArgumentNullException.ThrowIfNull(before);
        float[] tokens = [Encoder.Vocabulary.Start!.Value, .. before.Select(token => (float)token)];
        double[] result = new double[Encoder.Vocabulary.Count];
        Run(tape =>
        {
            float[] logits = Logits(tape, tokens, [tokens.Length, 1], mask: null);
            ReadOnlySpan<float> last = logits.AsSpan(logits.Length - result.Length);
            float sum = Tensors.LogProbabilities.LogSum(last);
            for (int symbol = 0; symbol < result.Length; symbol++)
            {
                result[symbol] = last[symbol] - (double)sum;
            }
        });
        return result;
    }

    private SequenceBatchSource Source(IReadOnlyList<int[]> sentences, SequenceBatchOptions options)
    {
        int start = Encoder.Vocabulary.Start!.Value;
        int end = Encoder.Vocabulary.End!.Value;
        return SequenceBatchSource.ForStepClasses(
            [.. sentences.Select(sentence => (int[])[start, .. sentence])], [.. sentences.Select(sentence => (int[])[.. sentence, end])], options);
    }

    private static void RequireForward(Layer layer)
    {
        foreach (Recurrent recurrent in layer.WithInside().OfType<Recurrent>())
        {
            string? reason = recurrent.Options.Bidirectional ? "reads in both directions and would see what it predicts. Leave Bidirectional out"
                : recurrent.Options.BatchFirst ? "takes [B, T, I], but tokens arrive as [T, B]. Leave BatchFirst out"
                : null;
            if (reason is not null)
            {
                throw new ArgumentException($"NeuralLanguageModel: a recurrent layer of {recurrent.Cell} {reason}.", nameof(layer));
            }
        }
    }

    private void Run(Action<Tape> work)
    {
        using EvaluationScope scope = new(_layer);
        using Tape tape = Tape.Inference(_layer.Device);
        work(tape);
    }

    private float[] Logits(Tape tape, float[] tokens, int[] shape, SequenceMask? mask)
    {
        _layer.ResetState();
        Tensor logits = _layer.Forward(tape, tape.Input(tokens, shape), mask);
        int[] needed = [shape[0], shape[1], Encoder.Vocabulary.Count];
        return logits.Shape.SequenceEqual(needed)
            ? logits.ToArray()
            : throw new ShapeException(
                $"NeuralLanguageModel: the layer gave {Tensor.Describe(logits.Shape)} for tokens [T={shape[0]}, B={shape[1]}], but logits {Tensor.Describe(needed)} "
                + "are needed. End the layer with a dense one of the vocabulary's size.");
    }
}
