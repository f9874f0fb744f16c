using GpuRnn.Experiments.Frame;
using GpuRnn.Reservoirs;
using GpuRnn.Tensors;

namespace GpuRnn.Experiments.Reservoirs;

/// <summary>An echo state network of 400 units goes on with a chaotic series for 84 steps.</summary>
internal sealed class MackeyGlassExperiment : IExperiment
{
    private const int Ahead = 84;
    private const string Network = "ESN 400";
    private const string Small = "ESN 100";
    private const string Error = "NRMSE at 84 steps";

    /// <inheritdoc/>
    public string Name => "mackey-glass";

    /// <inheritdoc/>
    public string Title => "the Mackey-Glass series, tau = 17, 84 steps ahead by a free run";

    /// <inheritdoc/>
    public string Source =>
        "Jaeger and Haas (2004), \"Harnessing nonlinearity: predicting chaotic systems and saving energy in wireless communication\" (1,000 units)";

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick)
    {
        return [isQuick ? new Figure(Small, Error, "-") { AtMost = 0.2 } : new Figure(Network, Error, "10^-4.2") { AtMost = 0.002 }];
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        int units = run.IsQuick ? 100 : 400;
        int trials = run.IsQuick ? 20 : 100;
        int training = run.IsQuick ? 1500 : 3000;
        int warm = run.IsQuick ? 300 : 1000;
        using EchoStateNetwork network = new(run.Device, Options(run, units, warm));
        network.Fit(new ReservoirBatch(training) { Targets = Squashed(MackeyGlass.Generate(training, Start(run, 1))) });
        run.Say($"fitted, largest weight {network.OutputWeights!.Max(Math.Abs):G3}");

        double[][] truths = [.. Enumerable.Range(0, trials).Select(trial => MackeyGlass.Generate(warm + Ahead, Start(run, 1000 + trial)))];
        double[] driven = new double[warm * trials];
        for (int i = 0; i < driven.Length; i++)
        {
            driven[i] = Math.Tanh(truths[i % trials][i / trials] - 1.0);
        }

        network.Reset();
        network.Skip(new ReservoirBatch(warm, trials) { Targets = driven });
        double[] outputs = network.FreeRun(new ReservoirBatch(Ahead, trials));
        double[] errors = [.. truths.Select((truth, trial) => Back(outputs[((Ahead - 1) * trials) + trial]) - truth[warm + Ahead - 1])];
        double[] all = [.. truths.SelectMany(truth => truth)];
        double mean = all.Average();
        double variance = all.Average(value => (value - mean) * (value - mean));
        run.Record(run.IsQuick ? Small : Network, Error, Math.Sqrt(errors.Average(error => error * error) / variance));
    }

    // Leak, scales and sparsity of Jaeger (2001), with a ridge in place of his noise; ρ is explained on the page.
    private static EchoStateOptions Options(ExperimentRun run, int units, int warm)
    {
        return new EchoStateOptions
        {
            InputSize = 0,
            OutputSize = 1,
            ReservoirSize = units,
            Connectivity = 5.0 / units,
            SpectralRadius = 1.0,
            LeakRate = 0.396,
            FeedbackScaling = 0.56,
            BiasScaling = 0.028,
            Washout = warm,
            Ridge = 1e-11,
            Precision = StatePrecision.Double,
            Seed = run.Stream(0),
        };
    }

    private static double Start(ExperimentRun run, int purpose)
    {
        return 0.5 + new RandomSource(run.Stream(purpose)).NextDouble();
    }

    // The series into ±1, as Jaeger does, and back.
    private static double[] Squashed(double[] values)
    {
        return Array.ConvertAll(values, value => Math.Tanh(value - 1.0));
    }

    private static double Back(double value)
    {
        return Math.Atanh(Math.Clamp(value, -0.999999, 0.999999)) + 1.0;
    }
}
