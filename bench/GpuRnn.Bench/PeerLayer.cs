using System.Diagnostics;
using System.Runtime;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;
using GpuRnn.Weights;

namespace GpuRnn.Bench;

/// <summary>A recurrent layer as its users run it, with weights and input that other engines got too.</summary>
internal sealed class PeerLayer : IDisposable
{
    // Methods wait a tenth of a second before they are compiled anew, and again for what was seen of them.
    private const int QuietMilliseconds = 250;
    private const int LeastWarmUpMilliseconds = 400;
    private const int MostWarmUpMilliseconds = 4000;

    private readonly PeerRequest _request;
    private readonly Device _device;
    private readonly Recurrent _layer;
    private readonly Tensor _input;
    private readonly Tensor _zeros;
    private readonly Tape _tape;
    private readonly SequenceMask? _mask;
    private readonly Adam? _optimizer;

    /// <summary>Builds it, runs one pass and writes its results.</summary>
    public PeerLayer(PeerRequest request)
    {
        _request = request;
        _device = DeviceCatalog.Open("cpu", request.Threads);
        SafetensorsFile file = SafetensorsFile.Read(request.Data);
        RecurrentOptions options = new()
        {
            InputSize = request.Input, HiddenSize = request.Hidden, LayerCount = request.Layers, Bidirectional = request.Bidirectional,
        };
        _layer = new Recurrent(_device, Cells.Parse(request.Cell), options, new RandomSource(1));
        foreach (Parameter parameter in _layer.Parameters)
        {
            parameter.Value.CopyFrom(file.Get(parameter.Name).ToSingles());
        }

        TensorEntry input = file.Get("x");
        _input = Tensor.FromArray(_device, input.ToSingles(), [.. input.Shape]);
        _zeros = Tensor.Zeros(_device, input.Shape[0], input.Shape[1], _layer.OutputSize);
        _mask = request.Lengths is int[] lengths ? SequenceMask.FromLengths(input.Shape[0], lengths) : null;
        _tape = request.Training ? new Tape(_device) : Tape.Inference(_device);
        _optimizer = request.Training ? new Adam(_layer.Parameters, 1e-4f) : null;
        WriteResults();
    }

    /// <summary>The plan's words for how it runs.</summary>
    public string Plan => _layer.DescribePlan();

    /// <summary>Runs passes until the runtime has compiled nothing for a while, as it does so in the background, beside the passes.</summary>
    /// <returns>Milliseconds of the passes of that while.</returns>
    public IReadOnlyList<double> WarmUp()
    {
        List<double> milliseconds = [];
        Stopwatch total = Stopwatch.StartNew();
        Stopwatch quiet = Stopwatch.StartNew();
        long compiled = JitInfo.GetCompiledMethodCount();
        while (total.ElapsedMilliseconds < LeastWarmUpMilliseconds || (quiet.ElapsedMilliseconds < QuietMilliseconds && total.ElapsedMilliseconds < MostWarmUpMilliseconds))
        {
            milliseconds.AddRange(Time(1));
            if (JitInfo.GetCompiledMethodCount() is long now && now != compiled)
            {
                compiled = now;
                quiet.Restart();
                milliseconds.Clear();
            }
        }

        return milliseconds.Count > 0 ? milliseconds : Time(1);
    }

    /// <summary>Times passes.</summary>
    /// <returns>Milliseconds of each.</returns>
    public double[] Time(int passes)
    {
        double[] milliseconds = new double[passes];
        for (int pass = 0; pass < passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            Forward();
            _optimizer?.Step();
            _device.DefaultStream.Synchronize();
            _tape.Reset();
            milliseconds[pass] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return milliseconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer?.Dispose();
        _tape.Dispose();
        _zeros.Dispose();
        _input.Dispose();
        _layer.Dispose();
        _device.Dispose();
    }

    private Tensor Forward()
    {
        _optimizer?.ZeroGradients();
        Tensor output = _layer.Forward(_tape, _input, initial: null, _mask).Output;
        if (_request.Training)
        {
            _tape.Backward(Losses.MeanSquaredError(_tape, output, _zeros));
        }

        return output;
    }

    private void WriteResults()
    {
        Tensor output = Forward();
        List<TensorEntry> entries = [TensorEntry.FromSingles("y", output.Shape.ToArray(), output.ToArray())];
        if (_request.Training)
        {
            entries.AddRange(_layer.Parameters.Select(
                parameter => TensorEntry.FromSingles(parameter.Name, parameter.Value.Shape.ToArray(), parameter.Gradient.ToArray())));
        }

        SafetensorsWriter.Write(_request.Results, entries);
        _tape.Reset();
    }
}
