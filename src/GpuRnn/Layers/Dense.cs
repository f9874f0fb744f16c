using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>A linear layer on the last axis: y = x·Wᵀ + b (PyTorch's Linear, "weight" and "bias").</summary>
public sealed class Dense : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Parameter[] _parameters;
    private readonly bool _isTied;

    /// <summary>Draws weight and then bias uniformly from ±1/√inputSize, as PyTorch does.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="inputSize">Elements of the input's last axis, at least 1.</param>
    /// <param name="outputSize">Elements of the output's last axis, at least 1.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <param name="hasBias">False leaves b out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public Dense(Device device, int inputSize, int outputSize, RandomSource random, bool hasBias = true)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.AtLeast(inputSize, 1, nameof(Dense), nameof(inputSize), "the last axis of the input");
        ArgumentCheck.AtLeast(outputSize, 1, nameof(Dense), nameof(outputSize), "the last axis of the output");
        InputSize = inputSize;
        OutputSize = outputSize;
        float bound = 1.0f / MathF.Sqrt(inputSize);
        _weight = Parameter.CreateUniform(device, "weight", random, bound, outputSize, inputSize);
        _bias = hasBias ? Parameter.CreateUniform(device, "bias", random, bound, outputSize) : null;
        _parameters = _bias is null ? [_weight] : [_weight, _bias];
    }

    private Dense(Parameter weight, RandomSource random, bool hasBias)
        : base(weight.Value.Device)
    {
        InputSize = weight.Value.Shape[1];
        OutputSize = weight.Value.Shape[0];
        _weight = weight;
        _isTied = true;
        _bias = hasBias ? Parameter.CreateUniform(Device, "bias", random, 1.0f / MathF.Sqrt(InputSize), OutputSize) : null;
        _parameters = _bias is null ? [_weight] : [_weight, _bias];
    }

    /// <summary>Elements of the input's last axis.</summary>
    public int InputSize { get; }

    /// <summary>Elements of the output's last axis.</summary>
    public int OutputSize { get; }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>
    /// Takes over the weight of another layer, such as an embedding whose vectors also judge what comes next (Press and Wolf 2017): gradients of
    /// both add up, optimizers update it once, and files hold it under both names.
    /// </summary>
    /// <param name="weight">[outputSize, inputSize]; belongs to the other layer, which must live as long.</param>
    /// <param name="random">Decides the initial bias.</param>
    /// <param name="hasBias">False leaves b out.</param>
    /// <exception cref="ShapeException">The weight is no matrix, or has an empty axis.</exception>
    public static Dense Tied(Parameter weight, RandomSource random, bool hasBias = true)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(random);
        return weight.Value.Rank == 2 && weight.Value.Length > 0
            ? new Dense(new Parameter("weight", weight.Value, weight.Gradient) { IsLearned = weight.IsLearned }, random, hasBias)
            : throw new ShapeException(
                $"Dense.Tied: '{weight.Name}' is {Tensor.Describe(weight.Value.Shape)}, but [outputSize, inputSize] is needed. "
                + "Pass the weight of an embedding or of a dense layer.");
    }

    /// <summary>Applies the layer to every row.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, inputSize].</param>
    /// <returns>[…, outputSize].</returns>
    /// <exception cref="ShapeException">The last axis is not inputSize.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank == 0 || input.Shape[^1] != InputSize)
        {
            throw new ShapeException(
                $"Dense.Forward: input is {Tensor.Describe(input.Shape)}, but this layer has inputSize {InputSize}. "
                + $"Pass a last axis of {InputSize}, or build the layer with another inputSize.");
        }

        return Linear.Forward(tape, input, _weight.Value, _bias?.Value);
    }

    /// <inheritdoc/>
    internal override BoundStep? BindStep(Tensor input)
    {
        return Device.MatrixExecutor is IMatrixExecutor matrices && input.Shape[^1] == InputSize
            ? new BoundDense(matrices, input, _weight.Value, _bias?.Value)
            : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_isTied)
        {
            _bias?.Dispose();
        }
        else
        {
            base.Dispose(disposing);
        }
    }
}
