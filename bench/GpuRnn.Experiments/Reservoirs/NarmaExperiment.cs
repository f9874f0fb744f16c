using GpuRnn.Experiments.Frame;
using GpuRnn.Reservoirs;
using GpuRnn.Tensors;

namespace GpuRnn.Experiments.Reservoirs;

/// <summary>An echo state network of 200 units follows a nonlinear autoregressive moving average of order 10.</summary>
/// <remarks>y_(t+1) = 0.3 y_t + 0.05 y_t Σ_(i=0..9) y_(t−i) + 1.5 u_(t−9) u_t + 0.1 with u uniform in [0, 0.5]: Atiya and Parlos (2000).</remarks>
internal sealed class NarmaExperiment : IExperiment
{
    private const int Order = 10;
    private const string Error = "NRMSE of test steps";

    /// <inheritdoc/>
    public string Name => "narma-10";

    /// <inheritdoc/>
    public string Title => "a nonlinear moving average of order 10, identified from its input";

    /// <inheritdoc/>
    public string Source =>
        "Atiya and Parlos (2000), \"New results on recurrent network training: unifying the algorithms and accelerating convergence\" (the task)";

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick)
    {
        return [new Figure(isQuick ? "ESN 50" : "ESN 200", Error, "-") { AtMost = isQuick ? 0.6 : 0.3 }];
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        int units = run.IsQuick ? 50 : 200;
        (double[] inputs, double[] targets) = Draw(new RandomSource(run.Stream(1)), run.IsQuick ? 1000 : 5000);
        using EchoStateNetwork network = new(run.Device, new EchoStateOptions
        {
            InputSize = 1,
            OutputSize = 1,
            ReservoirSize = units,
            Connectivity = 0.05,
            SpectralRadius = 0.95,
            InputScaling = 0.2,
            BiasScaling = 0.2,
            Washout = 200,
            Ridge = 1e-6,
            Seed = run.Stream(0),
        });
        network.Fit(new ReservoirBatch(inputs.Length) { Inputs = inputs, Targets = targets });

        (double[] testInputs, double[] truth) = Draw(new RandomSource(run.Stream(2)), run.IsQuick ? 1000 : 2200);
        network.Reset();
        double[] outputs = network.Run(new ReservoirBatch(testInputs.Length) { Inputs = testInputs });
        int[] counted = [.. Enumerable.Range(200, truth.Length - 200)];
        double mean = counted.Average(t => truth[t]);
        double variance = counted.Average(t => (truth[t] - mean) * (truth[t] - mean));
        double error = counted.Average(t => (outputs[t] - truth[t]) * (outputs[t] - truth[t]));
        run.Record(run.IsQuick ? "ESN 50" : "ESN 200", Error, Math.Sqrt(error / variance));
    }

    // The few streams in which the average runs away are drawn again, as everybody does; it is seen at once, because y stays below 1 otherwise.
    private static (double[] Inputs, double[] Targets) Draw(RandomSource random, int count)
    {
        while (true)
        {
            double[] inputs = [.. Enumerable.Range(0, count).Select(_ => 0.5 * random.NextDouble())];
            double[] y = new double[count + 1];
            for (int t = Order - 1; t < count; t++)
            {
                double sum = 0.0;
                for (int i = 0; i < Order; i++)
                {
                    sum += y[t - i];
                }

                y[t + 1] = (0.3 * y[t]) + (0.05 * y[t] * sum) + (1.5 * inputs[t - Order + 1] * inputs[t]) + 0.1;
            }

            if (y.All(value => value < 1.0))
            {
                return (inputs, y[1..]);
            }
        }
    }
}
