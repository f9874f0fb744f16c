using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>Writes with an <see cref="EncoderDecoder"/>: one row for each source.</summary>
public sealed class EncoderDecoderPredictor : ITokenPredictor
{
    private readonly EncoderDecoder _model;
    private readonly Tape _tape;
    private RecurrentState _recurrent;
    private Tensor? _feedback;
    private Tensor? _context;
    private AttentionMemory? _memory;
    private int[] _sources;
    private float[] _tokens = [];

    /// <summary>Reads the sources.</summary>
    /// <param name="model">In evaluation mode; not taken over.</param>
    /// <param name="vocabularySize">V, the last axis of the model's logits.</param>
    /// <param name="source">Row-major in <paramref name="shape"/>.</param>
    /// <param name="shape">[S, B, …] as the encoder takes it: [S, B] for tokens.</param>
    /// <param name="mask">Which steps of the sources are there; null when all are.</param>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    public EncoderDecoderPredictor(EncoderDecoder model, int vocabularySize, ReadOnlySpan<float> source, ReadOnlySpan<int> shape, SequenceMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        RowSelection.RequireEvaluation(model, nameof(EncoderDecoderPredictor));
        _model = model;
        VocabularySize = vocabularySize;
        _tape = Tape.Inference(model.Device);
        DecoderState state = model.Encode(_tape, _tape.Input(source, shape), mask);
        _recurrent = state.Recurrent.Detach();
        _feedback = state.Feedback?.Detach();
        _context = state.Context?.Detach();
        _memory = state.Memory?.Detach();
        _sources = [.. Enumerable.Range(0, shape[1])];
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int RowCount => _sources.Length;

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        RowSelection.RequireStep(tokens.Length, logits.Length, RowCount, VocabularySize, "EncoderDecoderPredictor.Predict");
        _tape.Reset();
        if (_tokens.Length != tokens.Length)
        {
            _tokens = new float[tokens.Length];
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            _tokens[i] = tokens[i];
        }

        DecoderState state = new(_recurrent, _feedback, _context, _memory);
        (Tensor scores, DecoderResult result) = _model.Decode(_tape, _tape.Input(_tokens, 1, RowCount), state);
        scores.CopyTo(logits);
        _recurrent = result.State.Recurrent.Detach(_recurrent);
        _feedback = result.State.Feedback?.Detach(_feedback);
    }

    /// <inheritdoc/>
    public void Select(ReadOnlySpan<int> rows)
    {
        RowSelection.RequireRows(rows, RowCount, "EncoderDecoderPredictor.Select");
        _tape.Reset();
        int[] sources = new int[rows.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i] = _sources[rows[i]];
        }

        _recurrent = RowSelection.Select(_tape, _recurrent, rows);
        _feedback = Replace(_feedback, rows);

        // Rows that only change places within their source read what they read before.
        if (!sources.AsSpan().SequenceEqual(_sources))
        {
            _context = Replace(_context, rows);
            SelectMemory(rows);
            _sources = sources;
        }
    }

    /// <summary>Frees the state of all rows; the model stays.</summary>
    public void Dispose()
    {
        _recurrent.Dispose();
        _feedback?.Dispose();
        _context?.Dispose();
        _memory?.Dispose();
        _tape.Dispose();
    }

    private Tensor? Replace(Tensor? tensor, ReadOnlySpan<int> rows)
    {
        Tensor? selected = tensor is null ? null : RowSelection.Select(_tape, tensor, rows);
        tensor?.Dispose();
        return selected;
    }

    private void SelectMemory(ReadOnlySpan<int> rows)
    {
        if (_memory is not AttentionMemory memory)
        {
            return;
        }

        Tensor values = RowSelection.Select(_tape, memory.Values, rows);
        Tensor keys = ReferenceEquals(memory.Keys, memory.Values) ? values : RowSelection.Select(_tape, memory.Keys, rows);
        _memory = new AttentionMemory(values, keys, memory.Present is null ? null : RowSelection.Select(_tape, memory.Present, rows));
        memory.Dispose();
    }
}
