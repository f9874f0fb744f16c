using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Bench;

/// <summary>LSTMs so small that the library's own overhead could show, beside <see cref="PlainLstm"/>.</summary>
/// <remarks>
/// <c>small [THREADS]</c>. Both get the same weights and inputs; outputs and gradients that differ abort it. The library runs as users run it: a layer on a
/// tape, a loss, Adam.
/// </remarks>
internal static class SmallModels
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "small";

    private const float LearningRate = 1e-6f;
    private const float Tolerance = 1e-4f;

    internal static int Run(IReadOnlyList<string> arguments)
    {
        int threads = Arguments.Threads(Verb, arguments);
        Console.WriteLine($"{MachineLine.Text()}, {threads} threads; µs a pass");
        Console.WriteLine("| H | B | T | I | plain, inference | GpuRnn | times | plain, training | GpuRnn | times |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (int hiddenSize in new[] { 8, 16, 32 })
        {
            foreach (int batchSize in new[] { 1, 4 })
            {
                foreach ((int timeSteps, int inputSize) in new[] { (50, 1), (150, 8) })
                {
                    double[] times = Measure(threads, timeSteps, batchSize, inputSize, hiddenSize);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {hiddenSize} | {batchSize} | {timeSteps} | {inputSize} | {times[0] * 1e3:0.0} | {times[1] * 1e3:0.0} | {times[0] / times[1]:0.00} "
                        + $"| {times[2] * 1e3:0.0} | {times[3] * 1e3:0.0} | {times[2] / times[3]:0.00} |"));
                }
            }
        }

        return 0;
    }

    private static double[] Measure(int threads, int timeSteps, int batchSize, int inputSize, int hiddenSize)
    {
        using Device device = DeviceCatalog.Open("cpu", threads);
        RandomSource random = new(1);
        using Recurrent layer = new(device, Cells.Lstm, new RecurrentOptions { InputSize = inputSize, HiddenSize = hiddenSize }, random);
        using Adam optimizer = new(layer.Parameters, LearningRate);
        using Tape tape = new(device);
        using Tape inference = Tape.Inference(device);
        float[] values = [.. Enumerable.Range(0, timeSteps * batchSize * inputSize).Select(_ => random.NextUniform(-1.0f, 1.0f))];
        using Tensor input = Tensor.FromArray(device, values, timeSteps, batchSize, inputSize);
        using Tensor zeros = Tensor.Zeros(device, timeSteps, batchSize, hiddenSize);
        float[][] weights = [.. layer.Parameters.Select(parameter => parameter.Value.ToArray())];
        PlainLstm plain = new(
            timeSteps, batchSize, inputSize, hiddenSize, weights[0], weights[1], [.. weights[2].Zip(weights[3], (first, second) => first + second)]);

        Check(plain, values, layer, tape, input, zeros, optimizer);
        return Turns.Medians(
        [
            () => plain.Forward(values),
            () =>
            {
                layer.Forward(inference, input);
                inference.Reset();
            },
            () => plain.Train(values, LearningRate),
            () =>
            {
                optimizer.ZeroGradients();
                tape.Backward(Losses.MeanSquaredError(tape, layer.Forward(tape, input).Output, zeros));
                optimizer.Step();
                tape.Reset();
            },
        ]);
    }

    private static void Check(PlainLstm plain, float[] values, Recurrent layer, Tape tape, Tensor input, Tensor zeros, Adam optimizer)
    {
        optimizer.ZeroGradients();
        Tensor output = layer.Forward(tape, input).Output;
        tape.Backward(Losses.MeanSquaredError(tape, output, zeros));
        plain.Forward(values);
        plain.Backward(values);
        Require("outputs", plain.Outputs, output.ToArray());
        for (int i = 0; i < plain.Gradients.Count; i++)
        {
            Require(layer.Parameters[i].Name, plain.Gradients[i], layer.Parameters[i].Gradient.ToArray());
        }

        tape.Reset();
    }

    private static void Require(string what, float[] expected, float[] actual)
    {
        float largest = expected.Max(Math.Abs);
        ResultCheck.Require($"{Verb}: {what}", Array.ConvertAll(expected, value => (double)value), actual, _ => Tolerance * largest);
    }
}
