using System.Globalization;
using GpuRnn.Experiments.Frame;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>Yearly sunspot numbers one year ahead, trained on 1700 to 1920.</summary>
internal sealed class SunspotsExperiment : IExperiment
{
    private const string Subject = "LSTM";
    private const string Near = "error variance / 1535, 1921-1955";
    private const string Far = "error variance / 1535, 1956-1979";
    private const int FirstYear = 1700;
    private const int LastTrained = 1920;
    private const int StepsACheck = 10;

    // The variance by which the literature divides.
    private const double Variance = 1535.0;

    // Numbers lie between 0 and 190 before 1980; the network sees them as 0 to about 2.
    private const double Scale = 100.0;

    /// <inheritdoc/>
    public string Name => "sunspots";

    /// <inheritdoc/>
    public string Title => "yearly sunspot numbers one year ahead";

    /// <inheritdoc/>
    public string Source => "Weigend, Huberman and Rumelhart (1990), \"Predicting the future: a connectionist approach\" (feed-forward network)";

    /// <inheritdoc/>
    public string DataFile => "timeseries/yearly-sunspots.csv";

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick) =>
    [
        new Figure(Subject, Near, "0.086") { AtMost = isQuick ? 0.3 : 0.118 },
        new Figure(Subject, Far, "0.35") { AtMost = isQuick ? 1.2 : 0.594 },
    ];

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        double[] values = Read();
        int most = run.IsQuick ? 300 : 3000;
        int epochs = Train(run, values, 1895, most, out _);
        run.Say($"trained up to 1895, epoch {epochs} of {most} forecasts 1896 to 1920 best");
        Train(run, values, 1920, epochs, out float[] forecasts);
        run.Record(Subject, Near, Error(values, forecasts, 1921, 1955));
        run.Record(Subject, Far, Error(values, forecasts, 1956, 1979));
    }

    /// <summary>Trains on one sequence from 1700 to a year.</summary>
    /// <param name="run">Its seed decides the weights.</param>
    /// <param name="values">The numbers of all years.</param>
    /// <param name="last">The last year that is a target.</param>
    /// <param name="epochs">Passes over the sequence.</param>
    /// <param name="forecasts">What the trained model says of each year, the first one left out.</param>
    /// <returns>The epoch after which the 25 years up to 1920 are forecast best.</returns>
    private static int Train(ExperimentRun run, double[] values, int last, int epochs, out float[] forecasts)
    {
        RandomSource random = new(run.Stream(1));
        RecurrentOptions shape = new() { InputSize = 1, HiddenSize = 8 };
        using Sequential model = new(new Recurrent(run.Device, Cells.Lstm, shape, random), new Dense(run.Device, 8, 1, random));
        using Adam optimizer = new(model.Parameters, 0.005f);
        using Tape tape = new(run.Device);
        using Tape inference = Tape.Inference(run.Device);
        float[] inputs = [.. values.Select(value => (float)(value / Scale))];
        int steps = last - FirstYear;
        (int best, double least) = (0, double.PositiveInfinity);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            optimizer.ZeroGradients();
            Tensor output = model.Forward(tape, tape.Input(inputs[..steps], steps, 1, 1));
            tape.Backward(Losses.MeanSquaredError(tape, output, tape.Input(inputs[1..(steps + 1)], steps, 1, 1)));
            tape.Reset();
            GradientClipping.ByGlobalNorm(model.Parameters, 1.0f);
            optimizer.Step();
            if (last < LastTrained && epoch % StepsACheck == 0)
            {
                double error = Error(values, Forecast(model, inference, inputs), LastTrained - 24, LastTrained);
                (best, least) = error < least ? (epoch, error) : (best, least);
            }
        }

        forecasts = Forecast(model, inference, inputs);
        return best;
    }

    private static float[] Forecast(Sequential model, Tape inference, float[] inputs)
    {
        float[] forecasts = model.Forward(inference, inference.Input(inputs[..^1], inputs.Length - 1, 1, 1)).ToArray();
        inference.Reset();
        return forecasts;
    }

    private static double Error(double[] values, float[] forecasts, int first, int last)
    {
        double sum = 0.0;
        for (int year = first; year <= last; year++)
        {
            double error = values[year - FirstYear] - (forecasts[year - FirstYear - 1] * Scale);
            sum += error * error;
        }

        return sum / (last - first + 1) / Variance;
    }

    private double[] Read()
    {
        string? folder = Environment.GetEnvironmentVariable("GPURNN_DATA");
        string path = Path.Combine(folder ?? string.Empty, DataFile);
        if (string.IsNullOrEmpty(folder) || !File.Exists(path))
        {
            throw new ArgumentException($"{Name}: GPURNN_DATA names '{folder}', but a folder with {DataFile} is needed. Set it.");
        }

        return [.. File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(line => double.Parse(line.Split(',')[^1], CultureInfo.InvariantCulture))];
    }
}
