using System.Globalization;
using GpuRnn.Experiments.Frame;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>Long waveforms said by heart, without any input: Clockwork beside an LSTM and Elman's network of as many parameters.</summary>
internal sealed class WaveformExperiment : IExperiment
{
    private const string Error = "mean squared error / variance, mean of waveforms";
    private const string Size = "parameters";
    private const string Ratio = "LSTM's error / Clockwork's";

    /// <inheritdoc/>
    public string Name => "waveforms";

    /// <inheritdoc/>
    public string Title => "sums of sines over 320 steps generated without input";

    /// <inheritdoc/>
    public string Source => "Koutník, Greff, Gomez and Schmidhuber (2014), \"A clockwork RNN\", section 4.1 (pieces of music of 320 samples; figure, mean over sizes in table 1)";

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick)
    {
        List<Figure> figures = [];
        foreach (Contender contender in Contenders(isQuick))
        {
            figures.Add(new Figure(contender.Label, Error, "-"));
            figures.Add(new Figure(contender.Label, Size, "-"));
        }

        figures.Add(new Figure("Clockwork", Ratio, "above 1") { AtLeast = 1.0 });
        return figures;
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        Dictionary<string, double> errors = [];
        foreach (Contender contender in Contenders(run.IsQuick))
        {
            double sum = 0.0;
            int waveforms = run.IsQuick ? 1 : 5;
            for (int waveform = 0; waveform < waveforms; waveform++)
            {
                float[] target = Waveform.Draw(new RandomSource(run.Stream(100 + waveform)), run.IsQuick ? 80 : 320);
                sum += Train(run, contender, target, run.Stream(200 + waveform));
            }

            errors[contender.Label] = sum / waveforms;
            run.Record(contender.Label, Error, sum / waveforms);
            using Sequential network = Build(run, contender, 1);
            run.Record(contender.Label, Size, network.Parameters.Sum(parameter => parameter.Value.Length));
            run.Say(string.Create(CultureInfo.InvariantCulture, $"{contender.Label}: {sum / waveforms:0.0000}"));
        }

        run.Record("Clockwork", Ratio, errors["LSTM"] / errors["Clockwork"]);
    }

    private static Contender[] Contenders(bool isQuick)
    {
        Contender lstm = new("LSTM", "lstm", CellOptionValues.None.With("forget-bias", 5.0), isQuick ? 5 : 10);
        CellOptionValues periods = CellOptionValues.None.With("periods", isQuick ? "1,2,4,8" : "1,2,4,8,16,32,64");
        Contender clockwork = new("Clockwork", "clockwork", periods, isQuick ? 12 : 28);
        return isQuick ? [clockwork, lstm] : [clockwork, lstm, new Contender("Elman", "elman", CellOptionValues.None, 20)];
    }

    private static Sequential Build(ExperimentRun run, Contender contender, ulong seed)
    {
        RandomSource random = new(seed);
        RecurrentOptions options = new() { InputSize = 1, HiddenSize = contender.HiddenSize };
        Recurrent recurrent = new(run.Device, Cells.Create(contender.Cell, contender.Options), options, random);
        return new Sequential(recurrent, new Dense(run.Device, recurrent.OutputSize, 1, random));
    }

    private static double Train(ExperimentRun run, Contender contender, float[] target, ulong seed)
    {
        using Sequential network = Build(run, contender, seed);
        int epochs = run.IsQuick ? 5 : 40;
        SameBatch batches = new(target, 100);
        Cosine schedule = new(0.01f, epochs, 0.0001f);
        using Adam optimizer = new(network.Parameters, schedule.LearningRate);
        Trainer trainer = new(network, optimizer, new TrainerOptions { Epochs = epochs, ClipNorm = 1.0f, Schedule = schedule });
        trainer.Fit(batches);
        return trainer.Evaluate(batches) / Waveform.Variance(target);
    }

    // One sequence without input, asked for again and again.
    private sealed class SameBatch(float[] target, int count) : IBatchSource
    {
        private readonly Batch _batch = new()
        {
            Inputs = new float[target.Length],
            InputShape = [target.Length, 1, 1],
            Targets = target,
            TargetShape = [target.Length, 1, 1],
            SequenceCount = 1,
        };

        public int BatchCount => count;

        public void StartEpoch(RandomSource random)
        {
        }

        public Batch GetBatch(int index) => _batch;
    }

    private sealed record Contender(string Label, string Cell, CellOptionValues Options, int HiddenSize);
}
