using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Adds a layer's input to its output, y = x + F(x), so that deep stacks learn (He et al. 2016; between recurrent layers Wu et al. 2016).</summary>
public sealed class Residual : Layer
{
    private readonly Layer _layer;

    /// <summary>Takes the layer over: it is disposed with this one.</summary>
    /// <param name="layer">Gives the shape that it gets; its parameters keep their names.</param>
    public Residual(Layer layer)
        : base((layer ?? throw new ArgumentNullException(nameof(layer))).Device)
    {
        _layer = layer;
    }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => _layer.CanBeCutInTime;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _layer.Parameters;

    /// <inheritdoc/>
    public override bool KeepsTime => _layer.KeepsTime;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [_layer];

    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, Tensor input) => Forward(tape, input, mask: null);

    /// <summary>Runs the layer and adds what it got.</summary>
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The layer gives another shape than it got.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor output = _layer.Forward(tape, input, mask);
        SameWidth.Require(input, output, "Residual.Forward");
        return Add.Forward(tape, input, output);
    }

    /// <inheritdoc/>
    public override SequenceMask? MaskAfter(SequenceMask? mask) => _layer.MaskAfter(mask);
}
