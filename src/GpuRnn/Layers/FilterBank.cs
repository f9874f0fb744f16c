using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The weights that convolutions of one and of two axes share.</summary>
internal sealed class FilterBank
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    public FilterBank(Device device, string layer, int inputChannels, int outputChannels, int[] taps, RandomSource random, bool hasBias)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.AtLeast(inputChannels, 1, layer, nameof(inputChannels), "the last axis of the input");
        ArgumentCheck.AtLeast(outputChannels, 1, layer, nameof(outputChannels), "the last axis of the output");
        InputChannels = inputChannels;
        OutputChannels = outputChannels;
        float bound = 1.0f / MathF.Sqrt(taps.Aggregate(inputChannels, (product, count) => product * count));
        _weight = Parameter.CreateUniform(device, "weight", random, bound, [outputChannels, inputChannels, .. taps]);
        _bias = hasBias ? Parameter.CreateUniform(device, "bias", random, bound, outputChannels) : null;
        Parameters = _bias is null ? [_weight] : [_weight, _bias];
    }

    public int InputChannels { get; }

    public int OutputChannels { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    public Tensor Weight => _weight.Value;

    public Tensor? Bias => _bias?.Value;

    public void RequireChannels(Tensor input, int rank, string letters, string where)
    {
        if (input.Rank != rank || input.Shape[^1] != InputChannels)
        {
            throw new ShapeException(
                $"{where}: input is {Tensor.Describe(input.Shape)}, but must be {letters} with C={InputChannels}. "
                + "Pass channels last, or build the layer with another number of them.");
        }
    }
}
