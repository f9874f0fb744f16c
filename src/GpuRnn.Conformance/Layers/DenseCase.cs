using GpuRnn.Conformance.Operations;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>The dense layer, with the parameters that it made.</summary>
internal sealed class DenseCase : ConformanceCase
{
    private readonly int[] _inputShape;
    private readonly int _outputSize;
    private readonly bool _hasBias;

    private DenseCase(int[] inputShape, int outputSize, bool hasBias)
        : base(hasBias ? "layer dense" : "layer dense without bias", $"input=[{string.Join(", ", inputShape)}] output={outputSize}")
    {
        _inputShape = inputShape;
        _outputSize = outputSize;
        _hasBias = hasBias;
    }

    public static IEnumerable<ConformanceCase> All()
    {
        (int[] InputShape, int OutputSize)[] sizes =
            [([0, 3], 2), ([1], 1), ([1, 1], 1), ([7, 13], 11), ([3, 5, 16], 17), ([2, 16, 15], 16), ([65, 33], 31), ([130, 257], 129)];
        return sizes.SelectMany(size => (ConformanceCase[])[new DenseCase(size.InputShape, size.OutputSize, true), new DenseCase(size.InputShape, size.OutputSize, false)]);
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        int k = _inputShape[^1];
        int m = CaseValues.Count(_inputShape) / k;
        float[] input = CaseValues.Uniform(m * k, 1);
        using Dense layer = new(device, k, _outputSize, new RandomSource(3), _hasBias);
        double[][] parameters = [.. layer.Parameters.Select(parameter => CaseValues.Widen(parameter.Value.ToArray()))];
        using Tape tape = new(device);
        using Tensor inputTensor = Tensor.FromArray(device, input, _inputShape).TrackGradient();
        Tensor result = layer.Forward(tape, inputTensor);
        Sums expected = ProductCases.Linear(CaseValues.Widen(input), parameters[0], _hasBias ? parameters[1] : null, m, _outputSize, k);
        Compare(recorder, "result", expected, result.ToArray());

        float[] upstream = CaseValues.Uniform(m * _outputSize, 2);
        using Tensor upstreamTensor = Tensor.FromArray(device, upstream, [.. result.Shape]);
        tape.Backward(result, upstreamTensor);
        Sums[] gradients = ProductCases.LinearGradient(
            CaseValues.Widen(input), parameters[0], _hasBias, CaseValues.Widen(upstream), m, _outputSize, k);
        Compare(recorder, "gradient of the input", gradients[0], inputTensor.Gradient!.ToArray());
        for (int i = 0; i < layer.Parameters.Count; i++)
        {
            Compare(recorder, $"gradient of {layer.Parameters[i].Name}", gradients[i + 1], layer.Parameters[i].Gradient.ToArray());
        }
    }

    private static void Compare(ConformanceRecorder recorder, string what, Sums expected, float[] actual)
    {
        recorder.Compare(what, expected.Values, actual, expected.Allowed(), Sums.BoundName);
    }
}
