using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>One plan beside the reference, with the same float32 numbers in both.</summary>
internal sealed class PlanCase : IDisposable
{
    // The weights stay below 0.5/√n a row, so that an error does not grow from step to step.
    private const double Gain = 0.5;

    private readonly Device _device;
    private readonly SequenceSpecification _specification;
    private readonly ReferenceRecurrent _reference;
    private readonly List<IDisposable> _buffers = [];
    private readonly Random _random = new(7);
    private readonly double[] _input;
    private readonly double[][] _parameters;
    private readonly double[][] _initial;
    private readonly double[] _outputGradient;
    private readonly double[][] _finalGradients;
    private readonly bool _hasStates;
    private readonly List<double[]> _packedFactors = [];
    private readonly List<double[]> _stepMasks = [];
    private readonly List<int> _bits = [];

    public PlanCase(Device device, SequenceSpecification specification, bool hasStates, bool hasDropout = false)
    {
        _device = device;
        _hasStates = hasStates;
        _specification = specification with { FillDropoutFactors = hasDropout ? FillFactors : null, FillMask = FillMask };
        _reference = new ReferenceRecurrent(
            specification.Cell, specification.InputSize, specification.HiddenSize, specification.LayerCount, specification.Bidirectional);
        int rows = specification.TimeSteps * specification.BatchSize;
        int stateRows = specification.LayerCount * specification.DirectionCount * specification.BatchSize;
        _input = Uniform(rows * specification.InputSize, 1);
        _parameters = [.. _reference.Parameters.Select(parameter =>
            parameter.Name.StartsWith("variance_", StringComparison.Ordinal)
            ? [.. Uniform(parameter.ElementCount, 0.5).Select(value => (double)(float)(0.5 + Math.Abs(value)))]
            : parameter.Name == "mean_factor"
            ? [.. Uniform(parameter.ElementCount, 0.05).Select(value => (double)(float)(0.2 + value))]
            : ConstantStart.Of(parameter) ?? Uniform(parameter.ElementCount, Gain / Math.Sqrt(parameter.Shape[^1])))];
        _initial = [.. _reference.States.Select(state => Uniform(stateRows * state.Width, 0.9))];
        _outputGradient = Uniform(rows * _reference.OutputWidth, 1);
        _finalGradients = [.. _reference.States.Select(state => Uniform(stateRows * state.Width, 1))];
        Plan = SequencePlanner.Create(device, _specification);
    }

    public SequencePlan Plan { get; }

    /// <summary>Runs forwards (and backwards where the plan can) and compares every result with the reference.</summary>
    /// <returns>The bits of all results.</returns>
    public int[] RunAndCheck(IReadOnlyList<int>? lengths)
    {
        _bits.Clear();
        DeviceBuffer<float> output = Empty(_specification.TimeSteps * _specification.BatchSize * _reference.OutputWidth);
        DeviceBuffer<float>[] finals = [.. _initial.Select(state => Empty(state.Length))];
        DeviceBuffer<float>[] parameters = [.. _parameters.Select(Upload)];
        _packedFactors.Clear();
        _stepMasks.Clear();
        Plan.Forward(
            _device.DefaultStream,
            Upload(_input).View,
            Views(parameters),
            [.. _initial.Select(state => _hasStates ? Upload(state).View : default)],
            output.View,
            Views(finals));
        ReferenceRecurrentPass pass = _reference.Forward(
            _specification.TimeSteps, _specification.BatchSize, _input, _parameters, _hasStates ? _initial : null, lengths, Factors(lengths), StepMasks(lengths));
        Check(pass.Output, output, "output", ForwardTolerance);
        for (int state = 0; state < finals.Length; state++)
        {
            Check(pass.FinalStates[state], finals[state], "final " + _reference.States[state].Name, ForwardTolerance);
        }

        CheckStatistics(pass, parameters);
        if (_specification.NeedsGradient)
        {
            BackwardAndCheck(pass);
        }

        return [.. _bits];
    }

    public void Dispose()
    {
        Plan.Dispose();
        _buffers.ForEach(buffer => buffer.Dispose());
    }

    private int LongestSum => _reference.Parameters.Max(parameter => parameter.Shape[^1]) * 2;

    private int Depth => _specification.TimeSteps * _specification.LayerCount;

    private ToleranceSpec ForwardTolerance => Tolerance(LongestSum, Depth, 1);

    private ToleranceSpec Tolerance(int summationLength, int depth, double magnitude) => _specification.Precision switch
    {
        ProductPrecision.TensorFloat32 => Tolerances.RoundedFactors(1.0 / (1 << 11), summationLength, depth, magnitude),
        ProductPrecision.BFloat16 => Tolerances.RoundedFactors(1.0 / (1 << 8), summationLength, depth, magnitude),
        _ => Tolerances.Single(summationLength, depth, magnitude),
    };

    private void BackwardAndCheck(ReferenceRecurrentPass pass)
    {
        DeviceBuffer<float> inputGradient = Empty(_input.Length);
        DeviceBuffer<float>[] initialGradients = [.. _initial.Select(state => Empty(state.Length))];

        // Parameter gradients are added to: they begin at 1.
        DeviceBuffer<float>[] parameterGradients = [.. _parameters.Select(parameter => Upload([.. parameter.Select(_ => 1.0)]))];
        Plan.Backward(
            _device.DefaultStream,
            Upload(_outputGradient).View,
            [.. _finalGradients.Select(state => _hasStates ? Upload(state).View : default)],
            inputGradient.View,
            Views(parameterGradients),
            [.. initialGradients.Select(state => _hasStates ? state.View : default)]);
        ReferenceRecurrentGradients expected = _reference.Backward(pass, _outputGradient, _hasStates ? _finalGradients : null);

        // A weight's gradient sums over all rows; the largest gradient of one row bounds each summand.
        double largest = Math.Max(1, expected.Input.Concat(expected.InitialStates.SelectMany(state => state)).Max(Math.Abs)) * 4;
        ToleranceSpec rowTolerance = Tolerance(4 * LongestSum, 2 * Depth, largest);
        int rows = _specification.TimeSteps * _specification.BatchSize;
        ToleranceSpec weightTolerance = _specification.Precision == ProductPrecision.Single
            ? Tolerances.Single(rows + (4 * LongestSum * 2 * Depth), 1, largest * Math.Sqrt(rows))
            : Tolerance(rows + (4 * LongestSum), 2 * Depth, largest * Math.Sqrt(rows));
        Check(expected.Input, inputGradient, "gradient of the input", rowTolerance);
        for (int state = 0; _hasStates && state < initialGradients.Length; state++)
        {
            Check(expected.InitialStates[state], initialGradients[state], "gradient of initial " + _reference.States[state].Name, rowTolerance);
        }

        if (_specification.RecordsGradients)
        {
            CheckRecorded(expected, 4 * LongestSum, largest);
        }

        for (int index = 0; index < _parameters.Length; index++)
        {
            double[] sum = [.. expected.Parameters[index].Select(gradient => gradient + 1)];
            Check(sum, parameterGradients[index], $"gradient of parameter {index}, {_reference.Parameters[index].Name}", weightTolerance);
        }
    }

    /// <summary>A norm errs by no more than the norm of its elements' errors.</summary>
    private void CheckRecorded(ReferenceRecurrentGradients expected, int summationLength, double largest)
    {
        int elements = expected.OutputStates[0].Length / _specification.TimeSteps;
        ToleranceSpec tolerance = Tolerance(summationLength, 2 * Depth, largest * Math.Sqrt(elements));
        for (int loop = 0; loop < expected.OutputStates.Count; loop++)
        {
            double[] norms = [.. expected.OutputStates[loop].Chunk(elements).Select(step => Math.Sqrt(step.Sum(value => value * value)))];
            double[] recorded = Plan.GradientNorms(loop / _specification.DirectionCount, loop % _specification.DirectionCount);
            ElementwiseAssert.Close(norms, recorded, tolerance, $"norms of the gradient of the states of loop {loop}");
        }
    }

    private void FillFactors(DeviceStream stream, ArrayView<float> factors)
    {
        float[] values = new float[factors.Length];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = _random.NextDouble() < 0.25 ? 0 : 4f / 3;
            factors[index] = values[index];
        }

        _packedFactors.Add(Array.ConvertAll(values, value => (double)value));
    }

    private void CheckStatistics(ReferenceRecurrentPass pass, DeviceBuffer<float>[] parameters)
    {
        for (int index = 0; index < parameters.Length; index++)
        {
            ReferenceSequencePass loop = pass.Passes[index * pass.Passes.Count / parameters.Length];
            if (loop.Statistics.TryGetValue(_reference.Parameters[index].Name, out double[]? expected))
            {
                Check(expected, parameters[index], $"statistic {_reference.Parameters[index].Name}", ForwardTolerance);
            }
        }
    }

    private void FillMask(DeviceStream stream, ArrayView<float> factors, MaskNode mask)
    {
        double[] values = new double[factors.Length];
        for (int index = 0; index < values.Length; index++)
        {
            factors[index] = _random.NextDouble() < mask.DropProbability ? 0 : mask.KeptFactor;
            values[index] = factors[index];
        }

        _stepMasks.Add(values);
    }

    /// <summary>The factors of each loop for every packed row, as the reference takes them.</summary>
    private IReadOnlyList<double[]>[] StepMasks(IReadOnlyList<int>? lengths)
    {
        MaskNode[] masks = [.. _specification.Cell.BuildGraph(_specification.InputSize, _specification.HiddenSize).Masks];
        SequenceLayout layout = SequencePacking.Create(_specification.TimeSteps, _specification.BatchSize, lengths).Layout;
        IEnumerable<double[]> packed = _stepMasks.Select((factors, number) =>
            masks[number % masks.Length].IsPerSequence ? Repeat(factors, layout, masks[number % masks.Length].Width) : factors);
        return masks.Length == 0
            ? [.. Enumerable.Repeat<IReadOnlyList<double[]>>([], _specification.LayerCount * _specification.DirectionCount)]
            : [.. packed.Chunk(masks.Length)];
    }

    private static double[] Repeat(double[] rows, SequenceLayout layout, int width)
    {
        List<double> factors = [];
        foreach (int count in layout.RowCounts)
        {
            factors.AddRange(rows.Take(count * width));
        }

        return [.. factors];
    }

    /// <summary>The factors in padded order, as the reference takes them.</summary>
    private double[][]? Factors(IReadOnlyList<int>? lengths)
    {
        if (_packedFactors.Count == 0)
        {
            return null;
        }

        SequencePacking packing = SequencePacking.Create(_specification.TimeSteps, _specification.BatchSize, lengths);
        int width = _reference.OutputWidth;
        return [.. _packedFactors.Select(packed =>
        {
            double[] padded = new double[packed.Length];
            for (int row = 0; row < packing.Layout.TotalRows; row++)
            {
                Array.Copy(packed, row * width, padded, packing.PaddedRows[row] * width, width);
            }

            return padded;
        })];
    }

    private void Check(double[] expected, DeviceBuffer<float> actual, string what, ToleranceSpec tolerance)
    {
        float[] values = new float[actual.Length];
        actual.CopyTo(values);
        ElementwiseAssert.Close(expected, values, tolerance, what);
        _bits.AddRange(Array.ConvertAll(values, BitConverter.SingleToInt32Bits));
    }

    private DeviceBuffer<float> Upload(double[] values)
    {
        DeviceBuffer<float> buffer = Empty(values.Length);
        buffer.CopyFrom(Array.ConvertAll(values, value => (float)value));
        return buffer;
    }

    /// <summary>Memory full of NaN: what a plan does not write shows.</summary>
    private DeviceBuffer<float> Empty(int length)
    {
        DeviceBuffer<float> buffer = _device.Allocate<float>(length);
        float[] values = new float[length];
        Array.Fill(values, float.NaN);
        buffer.CopyFrom(values);
        _buffers.Add(buffer);
        return buffer;
    }

    private static ArrayView<float>[] Views(DeviceBuffer<float>[] buffers)
    {
        return [.. buffers.Select(buffer => buffer.View)];
    }

    private double[] Uniform(int count, double bound)
    {
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)(((_random.NextDouble() * 2) - 1) * bound))];
    }
}
