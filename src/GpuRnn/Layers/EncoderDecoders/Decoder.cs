using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Writes a sequence step by step: from the vectors of what stands before each step to features of what comes there.</summary>
public abstract class Decoder : Module
{
    /// <summary>Starts in training mode.</summary>
    protected Decoder(Device device)
        : base(device)
    {
    }

    /// <summary>E, the last axis of the inputs: the vector of the token before.</summary>
    public abstract int InputSize { get; }

    /// <summary>F, the last axis of the features.</summary>
    public abstract int FeatureSize { get; }

    /// <summary>The recurrent layer, in one direction.</summary>
    public abstract Recurrent Recurrent { get; }

    /// <summary>True where a step needs what the step before made, so that steps run one after the other in training too.</summary>
    public virtual bool IsLooped => false;

    /// <summary>Where decoding of sources begins.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="initial">The recurrent layer's state, such as a <see cref="StateBridge"/> makes it.</param>
    /// <param name="source">What the encoder made of the sources.</param>
    public abstract DecoderState Start(Tape tape, RecurrentState initial, EncoderResult source);

    /// <summary>Runs steps whose inputs are known: all of them in training with teacher forcing, one in decoding.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="inputs">[T, B, E], T at least 1.</param>
    /// <param name="state">Where to go on.</param>
    /// <param name="mask">Which steps of the inputs are there, so that the others need not be computed; null when all are.</param>
    /// <remarks>Where it <see cref="IsLooped"/>, the returned state is that after the last step, whatever the mask.</remarks>
    public abstract DecoderResult Forward(Tape tape, Tensor inputs, DecoderState state, SequenceMask? mask = null);

    /// <summary>Refuses inputs of other axes.</summary>
    private protected void Require(Tensor inputs, DecoderState state)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(state);
        int batchSize = state.Recurrent.Hidden.Shape[1];
        if (inputs.Rank != 3 || inputs.Shape[0] < 1 || inputs.Shape[1] != batchSize || inputs.Shape[2] != InputSize)
        {
            throw new ShapeException(
                $"{GetType().Name}.Forward: the inputs are {Tensor.Describe(inputs.Shape)}, but [T ≥ 1, B={batchSize}, E={InputSize}] is needed. "
                + "Pass the vectors of the tokens before each step, for the batch that the state was started with.",
                nameof(inputs));
        }
    }
}
