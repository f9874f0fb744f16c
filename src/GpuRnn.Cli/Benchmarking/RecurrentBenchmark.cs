using System.Diagnostics;
using GpuRnn.Cli.Configuration;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Layers;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Cli.Benchmarking;

/// <summary>One recurrent layer with all its buffers, ready to be checked and then timed.</summary>
internal sealed class RecurrentBenchmark : IDisposable
{
    private const ulong Seed = 20_240_601;
    private const int WarmUpPasses = 5;
    private const int MinimumPasses = 15;
    private const int MaximumPasses = 2_000;

    // The double-precision reference does about 1e9 multiply-adds in a few seconds; beyond that only some batch rows are compared.
    private const double ReferenceBudget = 1e9;
    private static readonly TimeSpan s_timingBudget = TimeSpan.FromSeconds(2);

    private readonly BenchmarkRequest _request;
    private readonly Device _device;
    private readonly Cell _cell;
    private readonly ProductPrecision _precision;
    private readonly MaskSource _masks;
    private readonly Recurrent _layer;
    private readonly SequencePlan _plan;
    private readonly Optimizer? _optimizer;
    private readonly float[] _input;
    private readonly float[] _outputGradient;
    private readonly DeviceBuffer<float> _inputBuffer;
    private readonly DeviceBuffer<float> _output;
    private readonly DeviceBuffer<float> _outputGradientBuffer;
    private readonly ArrayView<float>[] _parameters;
    private readonly ArrayView<float>[] _gradients;
    private readonly ArrayView<float>[] _noStates;
    private readonly int[] _checkedRows;

    /// <summary>Allocates and fills everything.</summary>
    /// <param name="device">Stays the caller's.</param>
    /// <param name="request">The shape.</param>
    public RecurrentBenchmark(Device device, BenchmarkRequest request)
    {
        Cell plain = Cells.Parse(request.Cell);
        (_device, _request, _cell) = (device, request, request.Step.Apply(plain, request.IsTraining));
        _masks = new MaskSource(device);
        _precision = PrecisionName.Parse(request.Precision);
        RandomSource random = new(Seed);
        _layer = new Recurrent(
            device, plain, new RecurrentOptions { InputSize = request.InputSize, HiddenSize = request.HiddenSize, Step = request.Step }, random);
        _plan = SequencePlanner.Create(device, new SequenceSpecification
        {
            Cell = _cell,
            InputSize = request.InputSize,
            HiddenSize = request.HiddenSize,
            TimeSteps = request.TimeSteps,
            BatchSize = request.BatchSize,
            NeedsGradient = request.IsTraining,
            Precision = _precision,
            FillMask = _masks.Draw,
        });
        _optimizer = request.IsTraining ? Optimizers.Create("adam", _layer.Parameters, 1e-3f) : null;
        _parameters = [.. _layer.Parameters.Select(parameter => parameter.Value.View)];
        _gradients = [.. _layer.Parameters.Select(parameter => parameter.Gradient.View)];
        _noStates = new ArrayView<float>[_plan.States.Count];
        _checkedRows = ChooseRows();
        int rows = checked(request.TimeSteps * request.BatchSize);
        _input = Fill(random, checked(rows * request.InputSize));
        _outputGradient = ForCheckedRows(Fill(random, checked(rows * _plan.OutputWidth)));
        _inputBuffer = device.Allocate<float>(_input.Length);
        _output = device.Allocate<float>(_outputGradient.Length);
        _outputGradientBuffer = device.Allocate<float>(_outputGradient.Length);
        _inputBuffer.CopyFrom(_input);
        _outputGradientBuffer.CopyFrom(_outputGradient);
    }

    /// <summary>The name of the schedule of the time loop.</summary>
    public string Schedule => string.Join(", ", _plan.Schedules.Distinct());

    /// <summary>The plan's own words.</summary>
    public string Describe()
    {
        return _plan.Describe();
    }

    /// <summary>Operations of a pass: two a multiply-add of every product node; backward counts twice a forward pass.</summary>
    public double OperationsPerPass => 2.0 * MultiplyAddsPerRow * _request.TimeSteps * _request.BatchSize * (_request.IsTraining ? 3.0 : 1.0);

    private double MultiplyAddsPerRow => _cell.BuildGraph(_request.InputSize, _request.HiddenSize).Nodes
        .OfType<ProductNode>()
        .Sum(node => (double)node.Rows * node.SourceWidth / node.Period);

    /// <summary>Runs one pass and compares it with the double-precision reference.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Check()
    {
        _optimizer?.ZeroGradients();
        double[][] parameters = [.. _layer.Parameters.Select(parameter => ToDouble(parameter.Value.ToArray()))];
        _masks.Kept = [];
        Forward();
        double[][] masks = [.. _masks.Kept.Select(mask => ToDouble(Rows(mask.Factors, mask.Node)))];
        _masks.Kept = null;
        int steps = _request.TimeSteps;
        ReferenceRecurrent reference = new(_cell, _request.InputSize, _request.HiddenSize, 1, false);
        double[] input = ToDouble(Rows(_input, _request.InputSize));
        ReferenceRecurrentPass pass = reference.Forward(steps, _checkedRows.Length, input, parameters, stepMasks: [masks]);
        float[] output = new float[_output.Length];
        _output.CopyTo(output);
        long terms = steps * (long)(_request.InputSize + _request.HiddenSize);
        string? difference = ElementDifference.Find("output", pass.Output, Rows(output, _plan.OutputWidth), terms, PrecisionName.RoundingError(_precision));
        if (difference is not null || !_request.IsTraining)
        {
            return difference;
        }

        Backward();
        double[] outputGradient = ToDouble(Rows(_outputGradient, _plan.OutputWidth));
        ReferenceRecurrentGradients gradients = reference.Backward(pass, outputGradient);
        for (int i = 0; i < _layer.Parameters.Count && difference is null; i++)
        {
            Parameter parameter = _layer.Parameters[i];
            long gradientTerms = terms + ((long)steps * _checkedRows.Length);
            difference = ElementDifference.Find(
                $"gradient of {parameter.Name}", gradients.Parameters[i], parameter.Gradient.ToArray(), gradientTerms, PrecisionName.RoundingError(_precision));
        }

        return difference;
    }

    /// <summary>Times passes until the budget is used up.</summary>
    /// <returns>Milliseconds of each pass, sorted.</returns>
    public double[] Time(CancellationToken cancellationToken)
    {
        for (int pass = 0; pass < WarmUpPasses; pass++)
        {
            RunPass();
        }

        List<double> milliseconds = [];
        Stopwatch total = Stopwatch.StartNew();
        while (milliseconds.Count < MinimumPasses || (total.Elapsed < s_timingBudget && milliseconds.Count < MaximumPasses))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            RunPass();
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        milliseconds.Sort();
        return [.. milliseconds];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputBuffer.Dispose();
        _output.Dispose();
        _outputGradientBuffer.Dispose();
        _optimizer?.Dispose();
        _plan.Dispose();
        _layer.Dispose();
    }

    /// <summary>Runs one pass to its end: forward, and in training backward and the update.</summary>
    public void RunPass()
    {
        Forward();
        if (_optimizer is not null)
        {
            _optimizer.ZeroGradients();
            Backward();
            _optimizer.Step();
        }

        _device.DefaultStream.Synchronize();
    }

    private void Forward()
    {
        _plan.Forward(_device.DefaultStream, _inputBuffer.View, _parameters, _noStates, _output.View, _noStates);
    }

    private void Backward()
    {
        _plan.Backward(_device.DefaultStream, _outputGradientBuffer.View, _noStates, default, _gradients, _noStates);
    }

    private int[] ChooseRows()
    {
        int batch = _request.BatchSize;
        if (_request.Step.BatchNormSteps > 0)
        {
            // The rows of a step share their mean and variance.
            return [.. Enumerable.Range(0, batch)];
        }

        double work = MultiplyAddsPerRow * _request.TimeSteps * (_request.IsTraining ? 3.0 : 1.0);
        int count = (int)Math.Clamp(ReferenceBudget / work, Math.Min(2, batch), batch);
        return count >= batch ? [.. Enumerable.Range(0, batch)] : [.. Enumerable.Range(0, count).Select(i => (int)((long)i * (batch - 1) / (count - 1)))];
    }

    private float[] ForCheckedRows(float[] values)
    {
        // Weight gradients sum over the batch: rows that the reference leaves out must not contribute.
        int width = values.Length / (_request.TimeSteps * _request.BatchSize);
        HashSet<int> rows = [.. _checkedRows];
        for (int row = 0; row < _request.TimeSteps * _request.BatchSize; row++)
        {
            if (!rows.Contains(row % _request.BatchSize))
            {
                values.AsSpan(row * width, width).Clear();
            }
        }

        return values;
    }

    private float[] Rows(float[] values, int width)
    {
        float[] result = new float[_request.TimeSteps * _checkedRows.Length * width];
        for (int t = 0; t < _request.TimeSteps; t++)
        {
            for (int i = 0; i < _checkedRows.Length; i++)
            {
                int source = ((t * _request.BatchSize) + _checkedRows[i]) * width;
                values.AsSpan(source, width).CopyTo(result.AsSpan(((t * _checkedRows.Length) + i) * width));
            }
        }

        return result;
    }

    private float[] Rows(float[] factors, MaskNode mask)
    {
        if (mask.IsPerSequence)
        {
            factors = [.. Enumerable.Repeat(factors, _request.TimeSteps).SelectMany(step => step)];
        }

        return Rows(factors, mask.Width);
    }

    private static float[] Fill(RandomSource random, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextUniform(-1f, 1f);
        }

        return values;
    }

    private static double[] ToDouble(float[] values)
    {
        return [.. values.Select(value => (double)value)];
    }
}
