using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Normalises the last axis of each row by its own mean and variance (Ba, Kiros and Hinton 2016; PyTorch's LayerNorm, "weight" and "bias").</summary>
public sealed class LayerNorm : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Parameter[] _parameters;

    /// <summary>Weights of 1 and biases of 0.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="size">Elements of the last axis, at least 1.</param>
    /// <param name="epsilon">Added to the variance; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1, or ε not above 0.</exception>
    public LayerNorm(Device device, int size, float epsilon = 1e-5f)
        : base(device)
    {
        ArgumentCheck.AtLeast(size, 1, nameof(LayerNorm), nameof(size), "the last axis of the input");
        ArgumentCheck.Positive(epsilon, nameof(LayerNorm), nameof(epsilon), "a small number such as 1e-5");
        Size = size;
        Epsilon = epsilon;
        _weight = Parameter.Create(device, "weight", Ones(size), size);
        _bias = Parameter.Create(device, "bias", new float[size], size);
        _parameters = [_weight, _bias];
    }

    /// <summary>Elements of the last axis.</summary>
    public int Size { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Normalises every row.</summary>
    /// <exception cref="ShapeException">The last axis is not the size.</exception>
    public override Tensor Forward(Tape tape, Tensor input) => Normalisation.OverRows(tape, input, _weight.Value, _bias.Value, Epsilon);

    internal static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1.0f);
        return ones;
    }
}
