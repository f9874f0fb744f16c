using GpuRnn.Accuracy;
using GpuRnn.Conformance.Operations;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>A forecaster as users build it: a recurrent layer, its last step, and a dense layer on that.</summary>
internal sealed class SequentialCase : ConformanceCase
{
    private readonly Cell _cell;
    private readonly int _timeSteps;
    private readonly int _batchSize;
    private readonly int _inputSize;
    private readonly int _hiddenSize;
    private readonly int _outputSize;

    private SequentialCase(Cell cell, int timeSteps, int batchSize, int inputSize, int hiddenSize, int outputSize)
        : base("layer sequential", $"{cell}, last step, dense: T={timeSteps} B={batchSize} I={inputSize} H={hiddenSize} output={outputSize}")
    {
        (_cell, _timeSteps, _batchSize) = (cell, timeSteps, batchSize);
        (_inputSize, _hiddenSize, _outputSize) = (inputSize, hiddenSize, outputSize);
    }

    public static IEnumerable<ConformanceCase> All()
    {
        return Cells.All.SelectMany(cell => (ConformanceCase[])
            [new SequentialCase(cell, 1, 1, 1, 1, 1), new SequentialCase(cell, 5, 7, 3, 17, 2), new SequentialCase(cell, 3, 16, 33, 15, 16)]);
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        ReferenceRecurrent reference = new(_cell, _inputSize, _hiddenSize, 1, false);
        RandomSource random = new(3);
        RecurrentOptions options = new() { InputSize = _inputSize, HiddenSize = _hiddenSize };
        using Sequential model = new(
            new Recurrent(device, _cell, options, random), new LastStep(device), new Dense(device, reference.OutputWidth, _outputSize, random));
        double[][] parameters = [.. model.Parameters.Select((parameter, i) => RecurrentCase.SetUniform(parameter, (ulong)(10 + i)))];
        float[] input = CaseValues.Uniform(_timeSteps * _batchSize * _inputSize, 1);
        float[] upstream = CaseValues.Uniform(_batchSize * _outputSize, 2);
        using Tape tape = new(device);
        using Tensor inputTensor = Tensor.FromArray(device, input, _timeSteps, _batchSize, _inputSize).TrackGradient();
        using Tensor upstreamTensor = Tensor.FromArray(device, upstream, _batchSize, _outputSize);
        Tensor result = model.Forward(tape, inputTensor);
        float[] output = result.ToArray();
        tape.Backward(result, upstreamTensor);

        double[][] recurrent = parameters[..^2];
        ReferenceRecurrentPass pass = reference.Forward(_timeSteps, _batchSize, CaseValues.Widen(input), recurrent);
        int width = reference.OutputWidth;
        double[] last = pass.Output[^(_batchSize * width)..];
        Sums expected = ProductCases.Linear(last, parameters[^2], parameters[^1], _batchSize, _outputSize, width);
        Sums[] dense = ProductCases.LinearGradient(last, parameters[^2], true, CaseValues.Widen(upstream), _batchSize, _outputSize, width);
        double[] outputGradient = new double[pass.Output.Length];
        dense[0].Values.CopyTo(outputGradient, outputGradient.Length - dense[0].Values.Length);
        ReferenceRecurrentGradients gradients = reference.Backward(pass, outputGradient);

        // One more product than the recurrent layer has, forward and backward; a weight's gradient sums over all rows.
        int longest = Math.Max(2 * (_inputSize + _hiddenSize), Math.Max(reference.Parameters.Max(parameter => parameter.Shape[0]), _outputSize));
        int rows = _timeSteps * _batchSize;
        double largest = 4.0 * Math.Max(1.0, gradients.Input.Max(Math.Abs));
        ToleranceSpec rowTolerance = Tolerances.Single(longest, 2 * (_timeSteps + 1), largest);
        ToleranceSpec weightTolerance = Tolerances.Single(rows + (longest * 2 * (_timeSteps + 1)), 1, largest * Math.Sqrt(rows));
        recorder.Compare("output", expected.Values, output, Tolerances.Single(longest, _timeSteps + 1), _batchSize, _outputSize);
        recorder.Compare("gradient of the input", gradients.Input, inputTensor.Gradient!.ToArray(), rowTolerance, _timeSteps, _batchSize, _inputSize);
        double[][] parameterGradients = [.. gradients.Parameters, dense[1].Values, dense[2].Values];
        for (int i = 0; i < parameterGradients.Length; i++)
        {
            Parameter parameter = model.Parameters[i];
            recorder.Compare(
                $"gradient of {parameter.Name}", parameterGradients[i], parameter.Gradient.ToArray(), weightTolerance, [.. parameter.Value.Shape]);
        }
    }
}
