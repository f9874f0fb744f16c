using GpuRnn.Cli.Configuration;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;

namespace GpuRnn.Cli.Forecasting;

/// <summary>
/// Recurrent layers over the window, then one linear unit on the last output (of two directions, the outputs at both ends), which gives the change
/// to the next value.
/// </summary>
internal sealed class ForecastNetwork : IForecastModel
{
    private readonly Device _device;
    private readonly ForecastConfiguration _configuration;
    private readonly SeriesScale _scale;
    private readonly Recurrent _recurrent;

    /// <summary>Builds the network with the weights that belong to the configuration's seed.</summary>
    /// <param name="device">Stays the caller's.</param>
    /// <param name="configuration">Decides the layers.</param>
    /// <param name="scale">Between the unit of the data and the network's.</param>
    public ForecastNetwork(Device device, ForecastConfiguration configuration, SeriesScale scale)
    {
        (_device, _configuration, _scale) = (device, configuration, scale);
        RandomSource random = new((ulong)configuration.Seed);
        RecurrentOptions options = new()
        {
            InputSize = 1,
            HiddenSize = configuration.Hidden,
            LayerCount = configuration.Layers,
            Bidirectional = configuration.Bidirectional,
            Step = LayerSettings.Read(configuration),
        };
        _recurrent = new Recurrent(device, Cells.Create(configuration.Cell, configuration.CellOptions), options, random);
        Model = new Sequential(
            _recurrent,
            configuration.Bidirectional ? new FirstAndLastStep(device) : new LastStep(device),
            new Dense(device, configuration.Bidirectional ? 2 * _recurrent.OutputSize : _recurrent.OutputSize, 1, random));
    }

    /// <summary>The layers.</summary>
    public Sequential Model { get; }

    /// <inheritdoc/>
    public string Name => $"{_configuration.Cell.ToUpperInvariant()} ({_configuration.Layers} x {_configuration.Hidden}{(_configuration.Bidirectional ? ", both directions" : string.Empty)})";

    /// <inheritdoc/>
    public string Key => _configuration.Cell;

    /// <inheritdoc/>
    public int HistoryLength => _configuration.Window;

    /// <inheritdoc/>
    public double[] PredictNext(IReadOnlyList<ReadOnlyMemory<double>> histories)
    {
        int window = _configuration.Window;
        int batch = histories.Count;
        float[] input = new float[window * batch];
        for (int row = 0; row < batch; row++)
        {
            ReadOnlySpan<double> recent = histories[row].Span[^window..];
            for (int t = 0; t < window; t++)
            {
                input[(t * batch) + row] = (float)_scale.Forward(recent[t]);
            }
        }

        Model.Evaluate();
        using Tape tape = Tape.Inference(_device);
        float[] changes = Model.Forward(tape, tape.Input(input, window, batch, 1)).ToArray();
        return [.. changes.Select((change, row) => _scale.Back(_scale.Forward(histories[row].Span[^1]) + change))];
    }

    /// <inheritdoc/>
    public string DescribeSchedule(int batchSize)
    {
        return _recurrent.DescribePlan(_configuration.Window, batchSize, needsGradient: true);
    }

    /// <inheritdoc/>
    public IForecastTraining CreateTraining(TimeSeries series, SeriesSplit split)
    {
        return new NetworkTraining(this, _configuration, series, split, _scale);
    }

    /// <summary>Writes the weights under PyTorch's names.</summary>
    public void Save(string path)
    {
        Model.Save(path);
    }

    /// <inheritdoc/>
    public void Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException(path, "there is no such file, but a saved model is needed", "Check the path after --model");
        }

        InputGuard.Run(() =>
        {
            Model.Load(path);
            return true;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
    }
}
