using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>An operation without parameters as a layer: <c>new Apply(device, Relu.Forward)</c>, and so with Tanh, Sigmoid, Softmax or LogSoftmax.</summary>
public sealed class Apply : Layer
{
    private readonly Func<Tape, Tensor, Tensor> _operation;

    /// <summary>Wraps the operation.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="operation">Must treat every step of a sequence alone, or <paramref name="keepsTime"/> must be false.</param>
    /// <param name="keepsTime">False where the result has no time axis.</param>
    public Apply(Device device, Func<Tape, Tensor, Tensor> operation, bool keepsTime = true)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(operation);
        _operation = operation;
        KeepsTime = keepsTime;
    }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => KeepsTime;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override bool KeepsTime { get; }

    /// <summary>Runs the operation.</summary>
    public override Tensor Forward(Tape tape, Tensor input) => _operation(tape, input);
}
