using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>The dropout layer: the same elements must fall on every device, forward and backward, and others in the next pass.</summary>
internal sealed class DropoutCase : ConformanceCase
{
    private const ulong Seed = 5;
    private readonly int _length;
    private readonly float _probability;

    public DropoutCase(int length, float probability)
        : base("layer dropout", $"n={length} p={probability}")
    {
        _length = length;
        _probability = probability;
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        using Dropout layer = new(device, _probability, new RandomSource(Seed));
        using Tape tape = new(device);
        float[] input = CaseValues.Uniform(_length, 1);
        float[] upstream = CaseValues.Uniform(_length, 2);
        ulong stream = new RandomSource(Seed).NextUInt64();
        using Tensor upstreamTensor = Tensor.FromArray(device, upstream, _length);
        for (int pass = 0; pass < 2; pass++)
        {
            using Tensor inputTensor = Tensor.FromArray(device, input, _length).TrackGradient();
            double[] factors = DropoutFactors.Draw(stream, pass * DropoutFactors.BlockCount(_length), _length, _probability);
            Tensor result = layer.Forward(tape, inputTensor);
            recorder.Compare($"result of pass {pass}", Products(input, factors), result.ToArray(), Tolerances.Exact);
            tape.Backward(result, upstreamTensor);
            recorder.Compare($"gradient of pass {pass}", Products(upstream, factors), inputTensor.Gradient!.ToArray(), Tolerances.Exact);
        }

        layer.Evaluate();
        using Tensor kept = Tensor.FromArray(device, input, _length);
        recorder.Compare("result of evaluation", CaseValues.Widen(input), layer.Forward(tape, kept).ToArray(), Tolerances.Exact);
    }

    // One float32 product: the same rounding on every device.
    private static double[] Products(float[] values, double[] factors)
    {
        return [.. values.Zip(factors, (value, factor) => (double)(value * (float)factor))];
    }
}
