using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>A module that is made of operations, against its formula in double; the gradients are central differences of the formula.</summary>
internal sealed class ComposedCase : ConformanceCase
{
    // Truncation and rounding together stay near 1e-10: far below what single precision may err by.
    private const double Step = 1e-5;
    private const ulong UpstreamSeed = 77;
    private const ulong ParameterSeed = 10;

    private readonly Lock _gate = new();
    private Expectation? _expectation;

    public ComposedCase(string subject, string sizes)
        : base(subject, sizes)
    {
    }

    /// <summary>The shapes of the inputs; their values are uniform in ±1.</summary>
    public required int[][] Shapes { get; init; }

    /// <summary>Makes the module.</summary>
    public required Func<Device, Module> Build { get; init; }

    /// <summary>Runs it.</summary>
    public required Func<Tape, Module, Tensor[], Tensor> Forward { get; init; }

    /// <summary>The result from the inputs and the parameters.</summary>
    public required Func<double[][], double[][], double[]> Formula { get; init; }

    /// <summary>Terms of the longest sum behind an element, forward or backward.</summary>
    public required int SummationLength { get; init; }

    /// <summary>How many such sums follow one another, forward and backward together.</summary>
    public required int Depth { get; init; }

    /// <summary>Which steps of the first input are there, where the others may not be read at all: NaN stands there.</summary>
    public SequenceMask? Unread { get; init; }

    /// <summary>What the constants of the module are after the pass, one after the other, from the inputs; null where it changes none.</summary>
    public Func<double[][], double[]>? ConstantsAfter { get; init; }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        using Module module = Build(device);
        double[][] parameters = [.. module.Parameters.Select((parameter, i) => RecurrentCase.SetUniform(parameter, ParameterSeed + (ulong)i))];
        float[][] values = Inputs();
        Expectation expected = Expect([.. values.Select(CaseValues.Widen)], parameters);
        float[] upstream = CaseValues.Uniform(expected.Result.Length, UpstreamSeed);
        using Tape tape = new(device);
        Tensor[] tensors = [.. Shapes.Select((shape, i) => Tensor.FromArray(device, values[i], shape).TrackGradient())];
        try
        {
            Tensor result = Forward(tape, module, tensors);
            recorder.Compare("result", expected.Result, result.ToArray(), Tolerance(expected.Result), [.. result.Shape]);
            using Tensor upstreamTensor = Tensor.FromArray(device, upstream, [.. result.Shape]);
            tape.Backward(result, upstreamTensor);
            for (int i = 0; i < tensors.Length; i++)
            {
                recorder.Compare($"gradient of input {i}", expected.Inputs[i], tensors[i].Gradient!.ToArray(), Tolerance(expected.Inputs[i]), Shapes[i]);
            }

            for (int i = 0; i < parameters.Length; i++)
            {
                // No gradient reaches a constant, whatever depends on it.
                Parameter parameter = module.Parameters[i];
                double[] gradient = parameter.IsLearned ? expected.Parameters[i] : new double[parameters[i].Length];
                recorder.Compare($"gradient of {parameter.Name}", gradient, parameter.Gradient.ToArray(), Tolerance(gradient), [.. parameter.Value.Shape]);
            }

            if (ConstantsAfter is not null)
            {
                double[] constants = ConstantsAfter([.. values.Select(CaseValues.Widen)]);
                float[] actual = [.. module.Parameters.Where(parameter => !parameter.IsLearned).SelectMany(parameter => parameter.Value.ToArray())];
                recorder.Compare("constants after the pass", constants, actual, Tolerance(constants));
            }
        }
        finally
        {
            Array.ForEach(tensors, tensor => tensor.Dispose());
        }
    }

    private float[][] Inputs()
    {
        float[][] values = [.. Shapes.Select((shape, i) => CaseValues.Uniform(CaseValues.Count(shape), (ulong)(i + 1)))];
        if (Unread is not null)
        {
            int width = values[0].Length / (Unread.TimeSteps * Unread.BatchSize);
            for (int i = 0; i < values[0].Length; i++)
            {
                values[0][i] = Unread.IsPresent(i / width / Unread.BatchSize, i / width % Unread.BatchSize) ? values[0][i] : float.NaN;
            }
        }

        return values;
    }

    // The same for every device, so it is computed once.
    private Expectation Expect(double[][] inputs, double[][] parameters)
    {
        lock (_gate)
        {
            if (_expectation is null)
            {
                double[] result = Formula(inputs, parameters);
                float[] upstream = CaseValues.Uniform(result.Length, UpstreamSeed);
                double Loss() => Formula(inputs, parameters).Zip(upstream, (value, weight) => value * weight).Sum();
                _expectation = new Expectation(
                    result, [.. inputs.Select(input => Differences(input, Loss))], [.. parameters.Select(parameter => Differences(parameter, Loss))]);
            }

            return _expectation;
        }
    }

    private static double[] Differences(double[] point, Func<double> loss)
    {
        double[] gradient = new double[point.Length];
        for (int i = 0; i < point.Length; i++)
        {
            double original = point[i];
            if (double.IsNaN(original))
            {
                // Not read, so nothing depends on it.
                continue;
            }

            (double above, double below) = (original + Step, original - Step);
            point[i] = above;
            double lossAbove = loss();
            point[i] = below;
            gradient[i] = (lossAbove - loss()) / (above - below);
            point[i] = original;
        }

        return gradient;
    }

    private ToleranceSpec Tolerance(double[] expected)
    {
        double largest = expected.Length == 0 ? 1.0 : expected.Max(Math.Abs);
        return Tolerances.Single(SummationLength, Depth, 4.0 * Math.Max(1.0, largest));
    }

    private sealed record Expectation(double[] Result, double[][] Inputs, double[][] Parameters);
}
