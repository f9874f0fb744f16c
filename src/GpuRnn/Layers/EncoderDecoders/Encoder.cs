using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Reads a whole source sequence: what makes vectors of its steps, and a recurrent layer over them (Sutskever, Vinyals and Le 2014).</summary>
public sealed class Encoder : Module
{
    private readonly Layer _input;
    private readonly Parameter[] _parameters;

    /// <summary>Takes the parts over: they are disposed with it.</summary>
    /// <param name="input">Turns the source into [S, B, I], such as an <see cref="Embedding"/>; parameters under "embedding".</param>
    /// <param name="recurrent">Of any cell, in one direction or both; parameters under "recurrent".</param>
    /// <exception cref="ArgumentException">The parts are on different devices, or the recurrent layer takes the batch first.</exception>
    public Encoder(Layer input, Recurrent recurrent)
        : base(ModuleParts.RequireOneDevice(nameof(Encoder), (nameof(input), input), (nameof(recurrent), recurrent)))
    {
        DecoderChecks.RequireTimeFirst(recurrent, nameof(Encoder));
        _input = input;
        Recurrent = recurrent;
        _parameters = ModuleParts.Parameters(("embedding", input), ("recurrent", recurrent));
    }

    /// <summary>The recurrent layer.</summary>
    public Recurrent Recurrent { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [_input, Recurrent];

    /// <summary>Reads sources.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="source">[S, B, …] as the input layer takes it: [S, B] for tokens.</param>
    /// <param name="mask">Which steps are there; null when all are.</param>
    public EncoderResult Forward(Tape tape, Tensor source, SequenceMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(source);
        mask?.Require(source, "Encoder.Forward");
        RecurrentResult result = Recurrent.Forward(tape, _input.Forward(tape, source, mask), initial: null, mask);
        return new EncoderResult(result.Output, result.State, mask, Recurrent.OutputState);
    }
}
