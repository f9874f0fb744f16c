using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.LanguageModels;

/// <summary>The neural probabilistic language model (Bengio, Ducharme, Vincent and Jauvin 2003): a network without memory over n − 1 symbols.</summary>
/// <remarks>
/// x holds the vectors of the last n − 1 symbols side by side, the oldest first; logits = b + U·tanh(d + H·x), and + W·x with direct connections
/// (their equation 1). It maps [T, B] tokens to [T, B, V] logits, so that it stands where a recurrent model does.
/// </remarks>
public sealed class NgramNetwork : Layer
{
    private readonly ContextWindow _window;
    private readonly Layers.Embedding _embedding;
    private readonly Dense _hidden;
    private readonly Dense _output;
    private readonly Dense? _direct;
    private readonly Parameter[] _parameters;

    /// <summary>Draws the parameters of its layers: "embedding", "hidden", "output" and, where wanted, "direct".</summary>
    /// <param name="device">Where they lie.</param>
    /// <param name="options">Sizes and form.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is below 2, or a size below 1.</exception>
    public NgramNetwork(Device device, NgramNetworkOptions options, RandomSource random)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.AtLeast(options.Order, 2, nameof(NgramNetwork), nameof(options.Order), "the symbols of an n-gram, such as 4");
        Options = options;
        int width = (options.Order - 1) * options.EmbeddingSize;
        _window = new ContextWindow(device, options.Order - 1, options.StartIndex);
        _embedding = new Layers.Embedding(device, options.VocabularySize, options.EmbeddingSize, random);
        _hidden = new Dense(device, width, options.HiddenSize, random);
        _output = new Dense(device, options.HiddenSize, options.VocabularySize, random);
        _direct = options.HasDirectConnections ? new Dense(device, width, options.VocabularySize, random, hasBias: false) : null;
        _parameters =
        [
            .. _embedding.Parameters.Select(parameter => parameter.WithPrefix("embedding.")),
            .. _hidden.Parameters.Select(parameter => parameter.WithPrefix("hidden.")),
            .. _output.Parameters.Select(parameter => parameter.WithPrefix("output.")),
            .. _direct?.Parameters.Select(parameter => parameter.WithPrefix("direct.")) ?? [],
        ];
    }

    /// <summary>The sizes and form it was made with.</summary>
    public NgramNetworkOptions Options { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => _direct is null ? [_window, _embedding, _hidden, _output] : [_window, _embedding, _hidden, _output, _direct];

    /// <summary>The logits of what follows each step.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="input">[T, B] tokens.</param>
    /// <returns>[T, B, V].</returns>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        return Forward(tape, input, mask: null);
    }

    /// <summary>The logits of what follows each step; tokens at absent steps count as zeros.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="input">[T, B] tokens.</param>
    /// <param name="mask">Which steps are there; padding must stand on the right. Null for all.</param>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        Tensor vectors = _embedding.Forward(tape, _window.Forward(tape, input), mask);
        Tensor side = Reshape.Forward(tape, vectors, input.Shape[0], input.Shape[1], (Options.Order - 1) * Options.EmbeddingSize);
        Tensor logits = _output.Forward(tape, Tanh.Forward(tape, _hidden.Forward(tape, side)));
        return _direct is null ? logits : Add.Forward(tape, logits, _direct.Forward(tape, side));
    }
}
