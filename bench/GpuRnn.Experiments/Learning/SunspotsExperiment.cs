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
    private const int Window = 12;

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
        RandomSource random = new(run.Stream(1));
        RecurrentOptions shape = new() { InputSize = 1, HiddenSize = 8 };
        using Sequential model = new(
            new Recurrent(run.Device, Cells.Lstm, shape, random), new LastStep(run.Device), new Dense(run.Device, 8, 1, random));
        using Adam optimizer = new(model.Parameters, 0.005f);
        Trainer trainer = new(model, optimizer, new TrainerOptions
        {
            Epochs = run.IsQuick ? 60 : 1500,
            ClipNorm = 1.0f,
            EarlyStopping = new EarlyStopping(run.IsQuick ? 60 : 200),
            Seed = run.Stream(2),
        });
        TrainingResult result = trainer.Fit(Cut(values, FirstYear + Window, 1895, 32, true), Cut(values, 1896, 1920, 25, false));
        run.Say(string.Create(
            CultureInfo.InvariantCulture, $"{result.Epochs.Count} epochs, the best was {result.BestEpoch}"));
        run.Record(Subject, Near, Error(trainer, values, 1921, 1955));
        run.Record(Subject, Far, Error(trainer, values, 1956, 1979));
    }

    private static double Error(Trainer trainer, double[] values, int first, int last)
    {
        return trainer.Evaluate(Cut(values, first, last, last - first + 1, false)) * Scale * Scale / Variance;
    }

    private static ArrayBatchSource Cut(double[] values, int first, int last, int batchSize, bool shuffle)
    {
        int count = last - first + 1;
        float[] inputs = new float[count * Window];
        float[] targets = new float[count];
        for (int example = 0; example < count; example++)
        {
            int target = first + example - FirstYear;
            targets[example] = (float)(values[target] / Scale);
            for (int step = 0; step < Window; step++)
            {
                inputs[(example * Window) + step] = (float)(values[target - Window + step] / Scale);
            }
        }

        return ArrayBatchSource.ForValues(inputs, Window, 1, targets, 1, batchSize, shuffle);
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
