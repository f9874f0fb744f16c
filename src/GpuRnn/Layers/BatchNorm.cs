using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>
/// Normalises each channel over all rows of the batch, and over positions or steps (Ioffe and Szegedy 2015; PyTorch's BatchNorm1d and BatchNorm2d, but
/// channels last).
/// </summary>
/// <remarks>
/// In training mode by the batch's own mean and variance, which the running ones follow; in evaluation mode by the running ones. These are constants among the
/// parameters, with PyTorch's names "running_mean" and "running_var"; a file's "num_batches_tracked" is passed over, as it decides nothing. As in PyTorch, the running variance
/// is the unbiased one. Absent steps count for nothing.
/// </remarks>
public sealed class BatchNorm : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Parameter _mean;
    private readonly Parameter _variance;
    private readonly Parameter[] _parameters;

    /// <summary>Weights and variances of 1, biases and means of 0.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="size">Channels: elements of the last axis, at least 1.</param>
    /// <param name="epsilon">Added to the variance; above 0.</param>
    /// <param name="momentum">How far the running statistics move towards those of a batch; at least 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public BatchNorm(Device device, int size, float epsilon = 1e-5f, float momentum = 0.1f)
        : base(device)
    {
        ArgumentCheck.AtLeast(size, 1, nameof(BatchNorm), nameof(size), "the last axis of the input");
        ArgumentCheck.Positive(epsilon, nameof(BatchNorm), nameof(epsilon), "a small number such as 1e-5");
        ArgumentCheck.Share(momentum, nameof(BatchNorm), nameof(momentum), "a share such as 0.1");
        Size = size;
        Epsilon = epsilon;
        Momentum = momentum;
        _weight = Parameter.Create(device, "weight", LayerNorm.Ones(size), size);
        _bias = Parameter.Create(device, "bias", new float[size], size);
        _mean = new Parameter("running_mean", Tensor.Zeros(device, size), Tensor.Zeros(device, size)) { IsLearned = false };
        _variance = new Parameter("running_var", Tensor.FromArray(device, LayerNorm.Ones(size), size), Tensor.Zeros(device, size)) { IsLearned = false };
        _parameters = [_weight, _bias, _mean, _variance];
    }

    /// <summary>Channels.</summary>
    public int Size { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>How far the running statistics move towards those of a batch.</summary>
    public float Momentum { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Normalises every channel.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, size].</param>
    /// <returns>The shape of the input.</returns>
    /// <exception cref="ShapeException">The last axis is not the size, or in training mode there are fewer than two rows.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        if (!IsTraining)
        {
            return Normalisation.ByStatistics(tape, input, _weight.Value, _bias.Value, Epsilon, _mean.Value, _variance.Value);
        }

        tape.Require(input, "BatchNorm.Forward");
        Tensor means = tape.Allocate(Size);
        Tensor variances = tape.Allocate(Size);
        Tensor result = Normalisation.OverColumns(tape, input, _weight.Value, _bias.Value, Epsilon, means, variances);
        float rows = input.Length / Size;
        Move(_mean, means, Momentum);
        Move(_variance, variances, Momentum * rows / (rows - 1.0f));
        return result;
    }

    /// <summary>Normalises every channel over the steps that are there; the others become zeros.</summary>
    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        return mask is null ? Forward(tape, input) : PresentSteps.Unpack(tape, Forward(tape, PresentSteps.Pack(tape, input, mask, "BatchNorm.Forward")), mask);
    }

    private void Move(Parameter running, Tensor batch, float share)
    {
        TensorKernels.Scale(Device, running.Value.View, 1.0f - Momentum);
        TensorKernels.AddScaled(Device, batch.View, running.Value.View, share);
    }
}
