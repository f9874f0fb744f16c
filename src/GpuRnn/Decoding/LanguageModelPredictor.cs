using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>Writes with a language model: an embedding, a recurrent layer, and an output layer over the vocabulary.</summary>
public sealed class LanguageModelPredictor : ITokenPredictor
{
    private readonly Layer _embedding;
    private readonly Recurrent _recurrent;
    private readonly Layer _output;
    private readonly EvaluationScope _scope;
    private readonly Tape _tape;
    private RecurrentState? _state;
    private float[] _tokens = [];

    /// <summary>Starts rows from a state of zeros.</summary>
    /// <param name="embedding">Makes [1, B, E] of tokens [1, B].</param>
    /// <param name="recurrent">In one direction, [T, B, ·].</param>
    /// <param name="output">Makes [1, B, V] of the recurrent layer's output.</param>
    /// <param name="vocabularySize">V.</param>
    /// <param name="rowCount">B.</param>
    /// <remarks>The layers are not taken over and must be in evaluation mode. What a stateful layer carried is put back at the end.</remarks>
    /// <exception cref="ArgumentException">
    /// What the recurrent layer does depends on a step's number in the whole sequence, it reads in both directions, or it takes the batch first.
    /// </exception>
    /// <exception cref="InvalidOperationException">A layer is in training mode.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no row.</exception>
    public LanguageModelPredictor(Layer embedding, Recurrent recurrent, Layer output, int vocabularySize, int rowCount)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        ArgumentNullException.ThrowIfNull(recurrent);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentCheck.AtLeast(rowCount, 1, nameof(LanguageModelPredictor), nameof(rowCount), "how many rows to write");
        Array.ForEach<Module>([embedding, recurrent, output], layer => RowSelection.RequireEvaluation(layer, nameof(LanguageModelPredictor)));
        DecoderChecks.RequireStepByStep(recurrent, nameof(LanguageModelPredictor));
        if (recurrent.Options.Bidirectional || recurrent.Options.BatchFirst)
        {
            throw new ArgumentException(
                $"LanguageModelPredictor: the recurrent layer has Bidirectional {recurrent.Options.Bidirectional} and BatchFirst {recurrent.Options.BatchFirst}, "
                + "but one direction and [T, B, I] are needed. Leave both out.",
                nameof(recurrent));
        }

        (_embedding, _recurrent, _output) = (embedding, recurrent, output);
        _scope = new EvaluationScope(recurrent);
        (VocabularySize, RowCount) = (vocabularySize, rowCount);
        _tape = Tape.Inference(recurrent.Device);
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int RowCount { get; private set; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        RowSelection.RequireStep(tokens.Length, logits.Length, RowCount, VocabularySize, "LanguageModelPredictor.Predict");
        _tape.Reset();
        if (_tokens.Length != tokens.Length)
        {
            _tokens = new float[tokens.Length];
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            _tokens[i] = tokens[i];
        }

        if (_state is null)
        {
            _recurrent.ResetState();
        }

        Tensor input = _embedding.Forward(_tape, _tape.Input(_tokens, 1, RowCount));
        RecurrentResult result = _recurrent.Forward(_tape, input, _state);
        _output.Forward(_tape, result.Output).CopyTo(logits);
        _state = result.State.Detach(_state);
    }

    /// <inheritdoc/>
    public void Select(ReadOnlySpan<int> rows)
    {
        RowSelection.RequireRows(rows, RowCount, "LanguageModelPredictor.Select");
        _tape.Reset();
        _state = _state is null ? null : RowSelection.Select(_tape, _state, rows);
        RowCount = rows.Length;
    }

    /// <summary>Frees the state of all rows; the layers stay.</summary>
    public void Dispose()
    {
        _state?.Dispose();
        _tape.Dispose();
        _scope.Dispose();
    }
}
