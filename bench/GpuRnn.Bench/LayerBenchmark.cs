using BenchmarkDotNet.Attributes;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Bench;

/// <summary>A recurrent layer forward, and a training step (forward, backward, Adam), through the library's public API.</summary>
public class LayerBenchmark
{
    // Unit roundoff of single precision: 2^-24.
    private const double UnitRoundoff = 1.0 / (1 << 24);

    // Parameters change with every training step, so they must not run away while one is timed.
    private const float LearningRate = 1e-6f;

    private Device? _device;
    private Recurrent? _layer;
    private Adam? _optimizer;
    private Tape? _inference;
    private Tape? _training;
    private float[] _input = [];
    private float[] _outputGradient = [];

    /// <summary>The layer that is timed.</summary>
    [ParamsSource(nameof(Shapes))]
    public LayerShape Shape { get; set; } = null!;

    /// <summary>Where it runs.</summary>
    public string DeviceId { get; set; } = DeviceCatalog.Auto;

    /// <summary>LSTM and GRU at a common size, at batch 1, and small.</summary>
    public static IEnumerable<LayerShape> Shapes =>
    [
        new(Cells.Lstm, 4, TimeSteps: 64, BatchSize: 32, InputSize: 128, HiddenSize: 256),
        new(Cells.Lstm, 4, TimeSteps: 64, BatchSize: 1, InputSize: 128, HiddenSize: 256),
        new(Cells.Lstm, 4, TimeSteps: 48, BatchSize: 32, InputSize: 1, HiddenSize: 32),
        new(Cells.Gru(), 3, TimeSteps: 64, BatchSize: 32, InputSize: 128, HiddenSize: 256),
    ];

    /// <summary>Runs forward and backward once and compares outputs and gradients with the double-precision reference.</summary>
    [GlobalSetup]
    public void Check()
    {
        _device = DeviceCatalog.Open(DeviceId);
        RecurrentOptions options = new() { InputSize = Shape.InputSize, HiddenSize = Shape.HiddenSize };
        RandomSource random = new(seed: 1);
        _layer = new Recurrent(_device, Shape.Cell, options, random);
        _optimizer = new Adam(_layer.Parameters, LearningRate);
        _inference = Tape.Inference(_device);
        _training = new Tape(_device);
        _input = RandomValues(random, Shape.TimeSteps * Shape.BatchSize * Shape.InputSize);
        _outputGradient = RandomValues(random, Shape.TimeSteps * Shape.BatchSize * Shape.HiddenSize);

        ReferenceRecurrent reference = new(Shape.Cell, Shape.InputSize, Shape.HiddenSize, layerCount: 1, bidirectional: false);
        double[][] parameters = [.. _layer.Parameters.Select(parameter => Widen(parameter.Value.ToArray()))];
        ReferenceRecurrentPass pass = reference.Forward(Shape.TimeSteps, Shape.BatchSize, Widen(_input), parameters);
        ReferenceRecurrentGradients gradients = reference.Backward(pass, Widen(_outputGradient));

        Check("output", pass.Output, Forward(), Shape.InputSize + Shape.HiddenSize, Shape.TimeSteps);
        _optimizer.ZeroGradients();
        Check("training output", pass.Output, ForwardAndBackward(), Shape.InputSize + Shape.HiddenSize, Shape.TimeSteps);
        int rows = Shape.TimeSteps * Shape.BatchSize;
        for (int i = 0; i < parameters.Length; i++)
        {
            float[] actual = _layer.Parameters[i].Gradient.ToArray();
            Check($"gradient of {_layer.Parameters[i].Name}", gradients.Parameters[i], actual, rows + Shape.HiddenSize, Shape.TimeSteps);
        }
    }

    /// <summary>Frees the device.</summary>
    [GlobalCleanup]
    public void Free()
    {
        _training?.Dispose();
        _inference?.Dispose();
        _optimizer?.Dispose();
        _layer?.Dispose();
        _device?.Dispose();
    }

    /// <summary>The whole sequence without what a backward pass needs, input and output copied.</summary>
    [Benchmark]
    public float[] Forward()
    {
        Tensor input = _inference!.Input(_input, Shape.TimeSteps, Shape.BatchSize, Shape.InputSize);
        float[] output = _layer!.Forward(_inference, input).Output.ToArray();
        _inference.Reset();
        return output;
    }

    /// <summary>Forward, backward from a given gradient of the output, and the update of all parameters.</summary>
    [Benchmark]
    public void TrainingStep()
    {
        _optimizer!.ZeroGradients();
        ForwardAndBackward();
        _optimizer.Step();
        _device!.DefaultStream.Synchronize();
    }

    /// <summary>Bounds each error by that of a sum of so many terms, grown once a step, relative to the largest element.</summary>
    private void Check(string what, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, int terms, int steps)
    {
        double largest = 0.0;
        foreach (double value in expected)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        double allowed = (terms + steps) * UnitRoundoff * Math.Max(1.0, largest);
        ResultCheck.Require($"{Shape}: {what}", expected, actual, _ => allowed);
    }

    private float[] ForwardAndBackward()
    {
        Tensor input = _training!.Input(_input, Shape.TimeSteps, Shape.BatchSize, Shape.InputSize);
        Tensor outputGradient = _training.Input(_outputGradient, Shape.TimeSteps, Shape.BatchSize, Shape.HiddenSize);
        Tensor output = _layer!.Forward(_training, input).Output;
        float[] values = output.ToArray();
        _training.Backward(output, outputGradient);
        return values;
    }

    private static float[] RandomValues(RandomSource random, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextUniform(-1.0f, 1.0f);
        }

        return values;
    }

    private static double[] Widen(float[] values) => Array.ConvertAll(values, value => (double)value);
}
