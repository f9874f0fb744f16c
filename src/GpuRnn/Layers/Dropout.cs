using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>
/// In training mode sets each element to 0 with a probability and scales the others so that the mean stays (Srivastava et al. 2014,
/// inverted).
/// </summary>
public sealed class Dropout : Layer
{
    private ulong _seed;
    private long _nextBlock;

    /// <summary>Draws the seed of its own stream from <paramref name="random"/>.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="probability">That of setting an element to 0, in [0, 1).</param>
    /// <param name="random">Decides the layer's stream.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1).</exception>
    public Dropout(Device device, float probability, RandomSource random)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.Share(probability, nameof(Dropout), nameof(probability), "a share such as 0.2");
        Probability = probability;
        _seed = random.NextUInt64();
    }

    /// <summary>The share of elements set to 0 in training mode.</summary>
    public float Probability { get; }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>Drops in training mode, passes the input through otherwise.</summary>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        if (!IsTraining || Probability == 0.0f)
        {
            return input;
        }

        Tensor result = Tensors.Operations.Dropout.Forward(tape, input, Probability, _seed, _nextBlock);
        _nextBlock += Tensors.Operations.Dropout.BlockCount(input.Length);
        return result;
    }

    /// <inheritdoc/>
    internal override BoundStep BindStep(Tensor input)
    {
        return new BoundIdentity(input);
    }

    /// <inheritdoc/>
    public override void SaveState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.SetInteger("seed", unchecked((long)_seed));
        state.SetInteger("nextBlock", _nextBlock);
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _seed = unchecked((ulong)state.GetInteger("seed"));
        _nextBlock = state.GetInteger("nextBlock");
    }
}
