using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>A decoder without attention: the source is one vector.</summary>
/// <remarks>
/// It reaches the decoder as its initial state (Sutskever, Vinyals and Le 2014), or also as a part of its input at every step (Cho et al. 2014). The
/// features are the recurrent layer's output. All known steps run in one pass.
/// </remarks>
public sealed class PlainDecoder : Decoder
{
    private readonly int _contextSize;
    private readonly Parameter[] _parameters;

    /// <summary>Takes the layer over: it is disposed with this decoder.</summary>
    /// <param name="recurrent">In one direction; its input is a token's vector, and behind it the context where there is one.</param>
    /// <param name="inputSize">E, the size of a token's vector.</param>
    /// <param name="contextSize">C, the width of the encoder's output, which then stands at every step; 0 for the initial state alone.</param>
    /// <exception cref="ArgumentException">The layer's form or input size does not fit.</exception>
    public PlainDecoder(Recurrent recurrent, int inputSize, int contextSize = 0)
        : base(ModuleParts.RequireOneDevice(nameof(PlainDecoder), (nameof(recurrent), recurrent)))
    {
        DecoderChecks.RequireDecoder(recurrent, inputSize + contextSize, "a token's vector and the context", nameof(PlainDecoder));
        (Recurrent, InputSize, _contextSize) = (recurrent, inputSize, contextSize);
        _parameters = ModuleParts.Parameters(("recurrent", recurrent));
    }

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int FeatureSize => Recurrent.OutputSize;

    /// <inheritdoc/>
    public override Recurrent Recurrent { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [Recurrent];

    /// <inheritdoc/>
    /// <remarks>The context of every step is the encoder's last output: of each direction that of the step at which it ends.</remarks>
    public override DecoderState Start(Tape tape, RecurrentState initial, EncoderResult source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DecoderState(initial, null, _contextSize == 0 ? null : Context(tape, source), null);
    }

    /// <inheritdoc/>
    public override DecoderResult Forward(Tape tape, Tensor inputs, DecoderState state, SequenceMask? mask = null)
    {
        Require(inputs, state);
        Tensor all = state.Context is null ? inputs : Concat.Forward(tape, inputs, TimeSteps.Repeat(tape, state.Context, inputs.Shape[0]));
        RecurrentResult result = Recurrent.Forward(tape, all, state.Recurrent, mask);
        return new DecoderResult(result.Output, state with { Recurrent = result.State }, null);
    }

    private Tensor Context(Tape tape, EncoderResult source)
    {
        int width = source.Output.Shape[2];
        if (width != _contextSize)
        {
            throw new ArgumentException(
                $"PlainDecoder.Start: the encoder's output is {Tensor.Describe(source.Output.Shape)}, but the decoder has contextSize {_contextSize}. "
                + $"Build it with contextSize: {width}.",
                nameof(source));
        }

        // The last layer's directions are the last rows of the state; side by side they are the output where each direction ends.
        Tensor hidden = source.State.Tensors[source.OutputState];
        int directions = width / hidden.Shape[2];
        Tensor[] ends = [.. Enumerable.Range(hidden.Shape[0] - directions, directions).Select(row => SliceTime.Forward(tape, hidden, row, 1))];
        return directions == 1 ? ends[0] : Concat.Forward(tape, ends);
    }
}
