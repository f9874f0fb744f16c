using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Turns one sequence into another: an encoder reads, a decoder writes, each token given those before it.</summary>
/// <remarks>
/// Sutskever, Vinyals and Le 2014; Cho et al. 2014; with attention Bahdanau, Cho and Bengio 2015 and Luong, Pham and Manning 2015: the decoder decides. Training
/// gives the decoder the true tokens (teacher forcing) or now and then its own (scheduled sampling, Bengio et al. 2015).
/// </remarks>
public sealed class EncoderDecoder : Module
{
    private readonly Layer _embedding;
    private readonly Layer _output;
    private readonly StateBridge _bridge;
    private readonly Parameter[] _parameters;

    /// <summary>Takes the parts over: they are disposed with it. Draws the bridge between the two states.</summary>
    /// <param name="encoder">Reads the source; parameters under "encoder".</param>
    /// <param name="embedding">Makes [T, B, E] of the target's tokens [T, B]; parameters under "embedding".</param>
    /// <param name="decoder">Writes the target; parameters under "decoder".</param>
    /// <param name="output">Makes [T, B, V] of the decoder's features; parameters under "output".</param>
    /// <param name="random">Decides the bridge's initial weights; its parameters are under "bridge".</param>
    /// <exception cref="ArgumentException">The parts are on different devices.</exception>
    public EncoderDecoder(Encoder encoder, Layer embedding, Decoder decoder, Layer output, RandomSource random)
        : base(ModuleParts.RequireOneDevice(
            nameof(EncoderDecoder), (nameof(encoder), encoder), (nameof(embedding), embedding), (nameof(decoder), decoder), (nameof(output), output)))
    {
        (Encoder, _embedding, Decoder, _output) = (encoder, embedding, decoder, output);
        _bridge = new StateBridge(encoder.Recurrent, decoder.Recurrent, random);
        _parameters = ModuleParts.Parameters(
            ("encoder", encoder), ("bridge", _bridge), ("embedding", embedding), ("decoder", decoder), ("output", output));
    }

    /// <summary>What reads the source.</summary>
    public Encoder Encoder { get; }

    /// <summary>What writes the target.</summary>
    public Decoder Decoder { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [Encoder, _bridge, _embedding, Decoder, _output];

    /// <summary>Reads sources and begins to write.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="source">[S, B, …] as the encoder takes it.</param>
    /// <param name="mask">Which steps of the source are there; null when all are.</param>
    /// <returns>The state before the first token.</returns>
    public DecoderState Encode(Tape tape, Tensor source, SequenceMask? mask = null)
    {
        EncoderResult encoded = Encoder.Forward(tape, source, mask);
        return Decoder.Start(tape, _bridge.Forward(tape, encoded.State), encoded);
    }

    /// <summary>Goes on writing: scores the tokens that come after the given ones.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="tokens">[T, B].</param>
    /// <param name="state">Where to go on.</param>
    /// <param name="mask">Which of the tokens are there; null when all are.</param>
    /// <returns>The logits [T, B, V], and where the next token goes on.</returns>
    /// <exception cref="ArgumentException">A mask leaves tokens out, but the decoder runs step by step and would go on behind the last one.</exception>
    public (Tensor Logits, DecoderResult Decoded) Decode(Tape tape, Tensor tokens, DecoderState state, SequenceMask? mask = null)
    {
        if (mask is not null && Decoder.IsLooped)
        {
            throw new ArgumentException(
                $"EncoderDecoder.Decode: a mask arrived, but a {Decoder.GetType().Name} whose steps need one another goes on behind the last step of every row. "
                + "Pass tokens that are all there, or decode rows of one length at a time.",
                nameof(mask));
        }

        return Score(tape, tokens, state, mask);
    }

    private (Tensor Logits, DecoderResult Decoded) Score(Tape tape, Tensor tokens, DecoderState state, SequenceMask? mask)
    {
        DecoderResult result = Decoder.Forward(tape, _embedding.Forward(tape, tokens, mask), state, mask);
        return (_output.Forward(tape, result.Features), result);
    }

    /// <summary>Scores every token of a target given the true ones before it (teacher forcing).</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="source">[S, B, …] as the encoder takes it.</param>
    /// <param name="mask">Which steps of the source are there; null when all are.</param>
    /// <param name="tokens">[T, B]: the start token, then the target without its last token. What stands behind a target's end decides nothing before it.</param>
    /// <param name="targetMask">Which of the tokens are there, so that the others need not be computed; null when all are.</param>
    public EncoderDecoderResult Forward(Tape tape, Tensor source, SequenceMask? mask, Tensor tokens, SequenceMask? targetMask = null)
    {
        (Tensor logits, DecoderResult result) = Score(tape, tokens, Encode(tape, source, mask), targetMask);
        return new EncoderDecoderResult(logits, result.Weights);
    }

    /// <summary>As <see cref="Forward"/>, but at every step and row a coin decides whether the decoder sees the true token or one that it drew itself.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="source">[S, B, …] as the encoder takes it.</param>
    /// <param name="mask">Which steps of the source are there; null when all are.</param>
    /// <param name="tokens">[T, B]; row 0, the start, is always given.</param>
    /// <param name="trueShare">ε, the probability of the true token, 0 to 1; 1 gives <see cref="Forward"/>.</param>
    /// <param name="random">Decides the coins and the draws; stands in the trainer's RandomSources where a run is to be resumed.</param>
    /// <remarks>Scheduled sampling (Bengio et al. 2015): no gradient goes through a draw. Steps run one after the other, whatever the decoder.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">A token is to be drawn from logits that are NaN, +∞ or −∞ alone.</exception>
    public EncoderDecoderResult ForwardSampled(Tape tape, Tensor source, SequenceMask? mask, Tensor tokens, double trueShare, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(random);
        if (!(trueShare >= 0.0 && trueShare <= 1.0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(trueShare), FormattableString.Invariant($"EncoderDecoder.ForwardSampled: trueShare is {trueShare}, but must lie in 0 to 1. Pass the share of true tokens."));
        }

        if (IsTraining)
        {
            DecoderChecks.RequireLooped(Decoder.Recurrent, "EncoderDecoder.ForwardSampled");
        }

        DecoderState state = Encode(tape, source, mask);
        (int count, int batchSize) = (tokens.Shape[0], tokens.Shape[1]);
        float[] given = tokens.ToArray();
        float[] now = given[..batchSize];
        List<Tensor> logits = [];
        List<Tensor> weights = [];
        for (int t = 0; t < count; t++)
        {
            (Tensor scores, DecoderResult result) = Decode(tape, tape.Input(now, 1, batchSize), state);
            logits.Add(scores);
            state = result.State;
            if (result.Weights is Tensor read)
            {
                weights.Add(read);
            }

            if (t + 1 < count)
            {
                ScheduledSampling.Draw(scores, given.AsSpan((t + 1) * batchSize, batchSize), now, trueShare, random);
            }
        }

        return new EncoderDecoderResult(TimeSteps.Join(tape, logits), weights.Count == 0 ? null : TimeSteps.Join(tape, weights));
    }
}
