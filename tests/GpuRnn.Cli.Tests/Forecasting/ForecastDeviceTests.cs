using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Testing;
using GpuRnn.Training;

namespace GpuRnn.Cli.Tests.Forecasting;

/// <summary>The forecast on an OpenCL device beside that on the CPU.</summary>
public sealed class ForecastDeviceTests : IDisposable
{
    private const int ComparedSteps = 20;
    private const double LossTolerance = 1e-4;
    private const double ErrorTolerance = 0.02;

    private readonly TimeSeries _series = SeriesReader.Read(null, null, null);
    private readonly TemporaryFolder _folder = new();

    [OpenClTheory]
    [InlineData("elman")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Predictions_OfTheSameWeights_AreTheCpus(string cell)
    {
        ForecastConfiguration configuration = Configuration(cell, 1) with { Transform = "none", Epochs = 2 };
        SeriesSplit split = SeriesSplit.Create(_series, configuration);
        SeriesScale scale = SeriesScale.Fit(_series, split.TrainEnd, configuration.Transform);
        string model = _folder.File("model.safetensors");
        double[] expected = [];
        double gain = 0;
        On("cpu", configuration, scale, network =>
        {
            new NetworkTraining(network, configuration, _series, split, scale).Fit(new Observer(_ => { }), null, CancellationToken.None);
            network.Save(model);
            gain = Gain(network);
            expected = Evaluate(network, split).OneStep;
        });
        On(OpenClTestDevice.Information.Id, configuration, scale, network =>
        {
            network.Load(model);

            // In the unit of the data an error is that of the network times the deviation.
            double deviation = scale.Back(1) - scale.Back(0);
            ToleranceSpec tolerance = Tolerances.Single(2 * (configuration.Hidden + 1), configuration.Window + 1, Math.Max(1, gain) * deviation);
            ElementwiseAssert.Close(expected, Evaluate(network, split).OneStep, tolerance, "one-step forecasts");
        });
    }

    [OpenClTheory]
    [InlineData("elman")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void FirstTrainingLosses_AreTheCpus(string cell)
    {
        double[] expected = Losses("cpu", cell);
        double[] actual = Losses(OpenClTestDevice.Information.Id, cell);
        Assert.Equal(ComparedSteps, expected.Length);
        double[] ratios = [.. actual.Zip(expected, (one, other) => one / other)];
        ElementwiseAssert.Close(
            expected.Select(_ => 1.0).ToArray(), ratios, new ToleranceSpec("loss by loss", LossTolerance, 0), "training losses over the CPU's");
    }

    [OpenClFact]
    public void HeldOutError_MedianOfThreeSeeds_IsTheCpus()
    {
        double[] ratios = [.. Enumerable.Range(1, 3).Select(seed => HeldOutError(OpenClTestDevice.Information.Id, seed) / HeldOutError("cpu", seed)).Order()];
        Assert.InRange(ratios[1], 1 - ErrorTolerance, 1 + ErrorTolerance);
    }

    public void Dispose()
    {
        _folder.Dispose();
    }

    private static void On(string device, ForecastConfiguration configuration, SeriesScale scale, Action<ForecastNetwork> action)
    {
        using Device opened = DeviceCatalog.Open(device);
        using ForecastNetwork network = new(opened, configuration, scale);
        action(network);
    }

    private ForecastConfiguration Configuration(string cell, int seed)
    {
        return ConfigurationResolver.Resolve(new ForecastConfiguration { Cell = cell, Seed = seed, Horizon = 1 }, _series);
    }

    private ForecasterEvaluation Evaluate(ForecastNetwork network, SeriesSplit split)
    {
        return ForecasterEvaluation.Of(network, _series.Values, split.ValidationEnd, 1);
    }

    /// <summary>How much a step can enlarge an error of the state before it: the largest sum of a row of the recurrent weight.</summary>
    private static double Gain(ForecastNetwork network)
    {
        GpuRnn.Tensors.Tensor weight = network.Model.Parameters.First(parameter => parameter.Name.Contains("weight_hh", StringComparison.Ordinal)).Value;
        return weight.ToArray().Chunk(weight.Shape[^1]).Max(row => row.Sum(value => Math.Abs((double)value)));
    }

    /// <summary>The loss of each of the first steps, from the mean that progress tells.</summary>
    private double[] Losses(string device, string cell)
    {
        ForecastConfiguration configuration = Configuration(cell, 1);
        SeriesSplit split = SeriesSplit.Create(_series, configuration);
        SeriesScale scale = SeriesScale.Fit(_series, split.TrainEnd, configuration.Transform);
        List<double> losses = [];
        using CancellationTokenSource source = new();
        On(device, configuration, scale, network =>
        {
            double sum = 0;
            Observer observer = new(progress =>
            {
                if (losses.Count < ComparedSteps)
                {
                    losses.Add((progress.TrainLoss * progress.Step) - sum);
                    sum = progress.TrainLoss * progress.Step;
                }
                else
                {
                    source.Cancel();
                }
            });
            new NetworkTraining(network, configuration, _series, split, scale).Fit(observer, null, source.Token);
        });
        return [.. losses];
    }

    private double HeldOutError(string device, int seed)
    {
        ForecastConfiguration configuration = Configuration("lstm", seed) with { Epochs = 4 };
        SeriesSplit split = SeriesSplit.Create(_series, configuration);
        SeriesScale scale = SeriesScale.Fit(_series, split.TrainEnd, configuration.Transform);
        double error = double.NaN;
        On(device, configuration, scale, network =>
        {
            new NetworkTraining(network, configuration, _series, split, scale).Fit(new Observer(_ => { }), null, CancellationToken.None);
            error = Evaluate(network, split).Errors.RootMeanSquare;
        });
        return error;
    }

    private sealed class Observer(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            report(value);
        }
    }
}
