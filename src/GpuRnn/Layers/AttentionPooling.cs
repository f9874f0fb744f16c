using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>A learned mean of a sequence's steps (Yang et al. 2016): [T, B, W] becomes [B, W]. Absent steps have the weight 0.</summary>
/// <remarks>w_t = softmax over the present t of v · tanh(W x_t + b), y = Σ_t w_t x_t. The query is learned; one that comes from elsewhere is <see cref="Attention"/>.</remarks>
public sealed class AttentionPooling : Layer
{
    private readonly Dense _keys;
    private readonly Parameter _vector;
    private readonly Parameter[] _parameters;

    /// <summary>Draws weight and bias as a dense layer does, and the vector uniformly from ±1/√units.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="inputSize">W, at least 1.</param>
    /// <param name="units">Elements of the vector that scores a step, at least 1.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public AttentionPooling(Device device, int inputSize, int units, RandomSource random)
        : base(device)
    {
        _keys = new Dense(device, inputSize, units, random);
        _vector = Parameter.CreateUniform(device, "vector", random, 1.0f / MathF.Sqrt(units), units);
        _parameters = [.. _keys.Parameters, _vector];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    public override bool KeepsTime => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, Tensor input) => Forward(tape, input, mask: null);

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input has other axes, no time step, or is not what the mask is for.</exception>
    /// <exception cref="ArgumentException">A row has no step.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        AttentionResult result = Pool(tape, input, mask);
        return Reshape.Forward(tape, result.Context, result.Context.Shape[1], result.Context.Shape[2]);
    }

    /// <summary>The pooled step, and the weights that made it.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="input">[T, B, W].</param>
    /// <param name="mask">Which steps are there; null when all are.</param>
    /// <returns>Context [1, B, W] and weights [1, B, T].</returns>
    /// <exception cref="ShapeException">The input has other axes, no time step, or is not what the mask is for.</exception>
    /// <exception cref="ArgumentException">A row has no step.</exception>
    public AttentionResult Pool(Tape tape, Tensor input, SequenceMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        tape.Require(input, "AttentionPooling.Forward");
        PooledSteps.RequireThreeAxes(input, "AttentionPooling.Forward");
        Tensor values = input;
        if (mask is not null)
        {
            PooledSteps.RequireSteps(mask, "AttentionPooling.Forward");
            values = PresentSteps.Clear(tape, input, mask, "AttentionPooling.Forward");
        }

        Tensor nothing = tape.Allocate(1, input.Shape[1], _keys.OutputSize);
        TensorKernels.Fill(tape.Device, nothing.View, 0.0f);
        Tensor scores = AdditiveScores.Forward(tape, nothing, _keys.Forward(tape, values), _vector.Value);
        Tensor weights = mask is null ? Softmax.Forward(tape, scores) : MaskedSoftmax.Forward(tape, scores, Attention.Present(tape, mask));
        return new AttentionResult(SequenceSums.Forward(tape, weights, values), weights);
    }
}
