using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>A gate decides, unit by unit, how much of a layer's output and how much of its input goes on (Srivastava, Greff and Schmidhuber 2015).</summary>
/// <remarks>
/// y = t ⊙ F(x) + (1 − t) ⊙ x with t = σ(W x + b). The bias starts below 0, so that a deep stack begins by handing its input on.
/// </remarks>
public sealed class Highway : Layer
{
    private readonly Layer _layer;
    private readonly Dense _gate;
    private readonly Parameter[] _parameters;

    /// <summary>Draws the gate's weight as a dense layer does, and sets its bias.</summary>
    /// <param name="layer">Gives the shape that it gets; taken over, and disposed with this one. Its parameters begin with "layer.".</param>
    /// <param name="width">Elements of the last axis, at least 1.</param>
    /// <param name="random">Decides the gate's weight, "gate.weight".</param>
    /// <param name="gateBias">What "gate.bias" starts at; −2 is the middle of what the authors tried.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1.</exception>
    public Highway(Layer layer, int width, RandomSource random, float gateBias = -2.0f)
        : base((layer ?? throw new ArgumentNullException(nameof(layer))).Device)
    {
        _layer = layer;
        _gate = new Dense(Device, width, width, random);
        float[] biases = new float[width];
        Array.Fill(biases, gateBias);
        _gate.Parameters[1].Value.CopyFrom(biases);
        _parameters = [.. layer.Parameters.Select(parameter => parameter.WithPrefix("layer.")), .. _gate.Parameters.Select(parameter => parameter.WithPrefix("gate."))];
    }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => _layer.CanBeCutInTime;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    public override bool KeepsTime => _layer.KeepsTime;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [_layer, _gate];

    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, Tensor input) => Forward(tape, input, mask: null);

    /// <summary>Runs the layer and lets the gate choose.</summary>
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The layer gives another shape than it got, or the last axis is not the width.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor output = _layer.Forward(tape, input, mask);
        SameWidth.Require(input, output, "Highway.Forward");
        Tensor gate = Sigmoid.Forward(tape, _gate.Forward(tape, input));

        // x + t (F(x) − x)
        Tensor change = Add.Forward(tape, output, Scale.Forward(tape, input, -1.0f));
        return Add.Forward(tape, input, Multiply.Forward(tape, gate, change));
    }

    /// <inheritdoc/>
    public override SequenceMask? MaskAfter(SequenceMask? mask) => _layer.MaskAfter(mask);
}
