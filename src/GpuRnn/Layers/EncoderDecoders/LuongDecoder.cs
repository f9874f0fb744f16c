using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Attention behind the recurrent layer: h̃_t = tanh(W [c_t; h_t]) with c_t read by h_t (Luong, Pham and Manning 2015, global attention).</summary>
/// <remarks>
/// Without input feeding no step needs an earlier step's context: the recurrent layer runs over all known steps in one pass, and one product each computes
/// all scores, contexts and features. With input feeding x_t = [e_t; h̃_{t−1}], so steps run one after the other.
/// </remarks>
public sealed class LuongDecoder : Decoder
{
    private readonly bool _feedsInput;
    private readonly Dense _combine;
    private readonly Parameter[] _parameters;

    /// <summary>Takes the parts over: they are disposed with this decoder. Draws W.</summary>
    /// <param name="recurrent">In one direction; its input is a token's vector, and behind it h̃ where inputs are fed.</param>
    /// <param name="attention">Its queries are the recurrent layer's outputs.</param>
    /// <param name="inputSize">E, the size of a token's vector.</param>
    /// <param name="featureSize">F, the size of h̃.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <param name="feedsInput">True for input feeding.</param>
    /// <exception cref="ArgumentException">Sizes or form of the layers do not fit.</exception>
    public LuongDecoder(Recurrent recurrent, Attention attention, int inputSize, int featureSize, RandomSource random, bool feedsInput = false)
        : base(ModuleParts.RequireOneDevice(nameof(LuongDecoder), (nameof(recurrent), recurrent), (nameof(attention), attention)))
    {
        string parts = feedsInput ? "a token's vector and the features fed back" : "a token's vectors";
        DecoderChecks.RequireDecoder(recurrent, inputSize + (feedsInput ? featureSize : 0), parts, nameof(LuongDecoder));
        DecoderChecks.RequireQueries(attention, recurrent, nameof(LuongDecoder));
        if (feedsInput)
        {
            DecoderChecks.RequireLooped(recurrent, nameof(LuongDecoder));
        }

        (Recurrent, Attention, InputSize, FeatureSize, _feedsInput) = (recurrent, attention, inputSize, featureSize, feedsInput);
        _combine = new Dense(Device, attention.Options.ValueSize + recurrent.OutputSize, featureSize, random, hasBias: false);
        _parameters = ModuleParts.Parameters(("recurrent", recurrent), ("attention", attention), ("combine", _combine));
    }

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int FeatureSize { get; }

    /// <inheritdoc/>
    public override Recurrent Recurrent { get; }

    /// <inheritdoc/>
    public override bool IsLooped => _feedsInput;

    /// <summary>What reads the source.</summary>
    public Attention Attention { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [Recurrent, Attention, _combine];

    /// <inheritdoc/>
    /// <remarks>The features fed back at the first step are zeros.</remarks>
    public override DecoderState Start(Tape tape, RecurrentState initial, EncoderResult source)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(source);
        int batchSize = source.Output.Shape[1];
        Tensor? feedback = _feedsInput ? tape.Input(new float[batchSize * FeatureSize], 1, batchSize, FeatureSize) : null;
        return new DecoderState(initial, feedback, null, Attention.Prepare(tape, source.Output, source.Mask));
    }

    /// <inheritdoc/>
    public override DecoderResult Forward(Tape tape, Tensor inputs, DecoderState state, SequenceMask? mask = null)
    {
        Require(inputs, state);
        return _feedsInput ? StepLoop.Run(tape, inputs, state, Step) : Run(tape, inputs, state, mask);
    }

    private DecoderResult Step(Tape tape, Tensor input, DecoderState state)
    {
        DecoderResult result = Run(tape, Concat.Forward(tape, input, state.Feedback!), state, mask: null);
        return result with { State = result.State with { Feedback = result.Features } };
    }

    private DecoderResult Run(Tape tape, Tensor inputs, DecoderState state, SequenceMask? mask)
    {
        RecurrentResult hidden = Recurrent.Forward(tape, inputs, state.Recurrent, mask);
        AttentionResult read = Attention.Forward(tape, hidden.Output, state.Memory!);
        Tensor features = Tanh.Forward(tape, _combine.Forward(tape, Concat.Forward(tape, read.Context, hidden.Output)));
        return new DecoderResult(features, state with { Recurrent = hidden.State }, read.Weights);
    }
}
