using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Attention before the recurrent layer: c_t is read by s_{t−1}, and s_t = f(s_{t−1}, [e_t; c_t]) (Bahdanau, Cho and Bengio 2015).</summary>
/// <remarks>
/// The features are tanh(W [s_t; c_t; e_t] + b); the paper has a maxout of the same three. Steps run one after the other, because every query is the state
/// before it.
/// </remarks>
public sealed class BahdanauDecoder : Decoder
{
    private readonly Dense _combine;
    private readonly Parameter[] _parameters;

    /// <summary>Takes the parts over: they are disposed with this decoder. Draws W and b.</summary>
    /// <param name="recurrent">In one direction; its input is a token's vector and behind it the context.</param>
    /// <param name="attention">Its queries are the recurrent layer's last outputs.</param>
    /// <param name="inputSize">E, the size of a token's vector.</param>
    /// <param name="featureSize">F.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <exception cref="ArgumentException">Sizes or form of the layers do not fit.</exception>
    public BahdanauDecoder(Recurrent recurrent, Attention attention, int inputSize, int featureSize, RandomSource random)
        : base(ModuleParts.RequireOneDevice(nameof(BahdanauDecoder), (nameof(recurrent), recurrent), (nameof(attention), attention)))
    {
        int contextSize = attention.Options.ValueSize;
        DecoderChecks.RequireDecoder(recurrent, inputSize + contextSize, "a token's vector and the context", nameof(BahdanauDecoder));
        DecoderChecks.RequireLooped(recurrent, nameof(BahdanauDecoder));
        DecoderChecks.RequireQueries(attention, recurrent, nameof(BahdanauDecoder));
        (Recurrent, Attention, InputSize, FeatureSize) = (recurrent, attention, inputSize, featureSize);
        _combine = new Dense(Device, recurrent.OutputSize + contextSize + inputSize, featureSize, random);
        _parameters = ModuleParts.Parameters(("recurrent", recurrent), ("attention", attention), ("combine", _combine));
    }

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int FeatureSize { get; }

    /// <inheritdoc/>
    public override Recurrent Recurrent { get; }

    /// <inheritdoc/>
    public override bool IsLooped => true;

    /// <summary>What reads the source.</summary>
    public Attention Attention { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [Recurrent, Attention, _combine];

    /// <inheritdoc/>
    public override DecoderState Start(Tape tape, RecurrentState initial, EncoderResult source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DecoderState(initial, null, null, Attention.Prepare(tape, source.Output, source.Mask));
    }

    /// <inheritdoc/>
    public override DecoderResult Forward(Tape tape, Tensor inputs, DecoderState state, SequenceMask? mask = null)
    {
        Require(inputs, state);

        // No step needs the features of another: they are one product over all steps.
        int count = inputs.Shape[0];
        Tensor[] hidden = new Tensor[count];
        Tensor[] contexts = new Tensor[count];
        Tensor[] weights = new Tensor[count];
        for (int t = 0; t < count; t++)
        {
            Tensor output = state.Recurrent.Tensors[Recurrent.OutputState];
            Tensor query = TimeSteps.At(tape, output, output.Shape[0] - 1);
            AttentionResult read = Attention.Forward(tape, query, state.Memory!);
            RecurrentResult result = Recurrent.Forward(tape, Concat.Forward(tape, TimeSteps.At(tape, inputs, t), read.Context), state.Recurrent);
            (hidden[t], contexts[t], weights[t]) = (result.Output, read.Context, read.Weights);
            state = state with { Recurrent = result.State };
        }

        Tensor all = Concat.Forward(tape, TimeSteps.Join(tape, hidden), TimeSteps.Join(tape, contexts), inputs);
        return new DecoderResult(Tanh.Forward(tape, _combine.Forward(tape, all)), state, TimeSteps.Join(tape, weights));
    }
}
