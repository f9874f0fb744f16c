#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Can tomorrow's closing prices of four European stock indices be forecast from the last twenty days? An LSTM and a network without
// memory against persistence, the forecast that nothing changes. The last fifth of 1991 to 1998 is held out, the tenth before it decides
// when to stop. The sample says who wins, and whether that could be chance: the statistic of Diebold and Mariano (1995) is the mean
// difference of the two squared errors of a day over its standard error. Beside persistence stands the forecast of a steady rise.
using GpuRnn.Data;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Training;

const string DataFile = "timeseries/EuStockMarkets.csv";
const string Lstm = "LSTM, test RMSE in % a day";
const string Plain = "network without memory, test RMSE in % a day";
const string Persistence = "persistence, test RMSE in % a day";
const string Drift = "mean change of the training part, test RMSE in % a day";
const string DieboldMariano = "Diebold-Mariano statistic of LSTM and persistence (above 2: not chance)";
const int Window = 20;
const int HiddenSize = 16;
const int Epochs = 60;
const int Patience = 8;
const float LearningRate = 0.001f;
string[] columns = ["DAX", "SMI", "CAC", "FTSE"];

SampleInformation information = new(
    "stocks",
    "daily closes of four European stock indices, LSTM of 16 units against persistence",
    [
        new SampleFigure(Lstm),
        new SampleFigure(Plain),
        new SampleFigure(Persistence),
        new SampleFigure(Drift),
        new SampleFigure("error of the LSTM over that of persistence"),
        new SampleFigure(DieboldMariano),
    ])
{
    DataFiles = [DataFile],
    StandIn = "300 days of four random walks",
};

return Sample.Run(args, information, run =>
{
    double[] closes = run.HasData
        ? [.. CsvFile.ReadRows(run.DataPath(DataFile)).SelectMany(row => columns.Select(row.GetNumber))]
        : Walk(new RandomSource(run.Stream(1)), 300);

    // Percent of change from day to day: what a price was years ago says nothing of its level today.
    int width = columns.Length;
    double[] changes = [.. Enumerable.Range(width, closes.Length - width).Select(i => 100.0 * Math.Log(closes[i] / closes[i - width]))];
    int days = changes.Length / width;
    (int trainEnd, int validationEnd) = (days * 7 / 10, days * 8 / 10);
    SeriesScaler scaler = SeriesScaler.Standard(changes.AsSpan(0, trainEnd * width), width);
    SeriesWindowOptions cut = new() { Window = Window };
    IBatchSource train = SeriesWindows.Cut(changes, scaler, cut, Window, trainEnd).ToBatches(batchSize: 32);
    IBatchSource validation = SeriesWindows.Cut(changes, scaler, cut, trainEnd, validationEnd).ToBatches(batchSize: 64, shuffle: false);
    SeriesWindows test = SeriesWindows.Cut(changes, scaler, cut, validationEnd, days);

    double[] Learn(Layer model, int purpose)
    {
        using Adam optimizer = new(model.Parameters, LearningRate);
        TrainerOptions options = new()
        {
            Epochs = run.IsQuick ? 2 : Epochs,
            ClipNorm = 1.0f,
            EarlyStopping = new EarlyStopping(Patience),
            Seed = run.Stream(purpose),
        };
        TrainingResult result = new Trainer(model, optimizer, options).Fit(train, validation, cancellation: run.Stop);
        run.StopIfAsked();
        run.Say($"stopped after epoch {result.Epochs.Count}, best {result.BestEpoch}");
        return Forecast(model, test, scaler);
    }

    RandomSource random = new(run.Stream(2));
    using Sequential lstm = new(
        new Recurrent(run.Device, Cells.Lstm, new RecurrentOptions { InputSize = width, HiddenSize = HiddenSize }, random),
        new LastStep(run.Device),
        new Dense(run.Device, HiddenSize, width, random));
    using Sequential plain = new(
        new Apply(run.Device, (tape, x) => Reshape.Forward(tape, SwapTimeAndBatch.Forward(tape, x), x.Shape[1], Window * width), keepsTime: false),
        new Dense(run.Device, Window * width, HiddenSize, random),
        new Apply(run.Device, Tanh.Forward),
        new Dense(run.Device, HiddenSize, width, random));
    double[] truth = changes[(validationEnd * width)..];
    double[] lstmSays = Learn(lstm, 3);
    double[] steady = [.. truth.Select((_, i) => scaler.Offsets[i % width])];
    double[] nothing = new double[truth.Length];
    double lstmError = Rmse(lstmSays, truth);
    double plainError = Rmse(Learn(plain, 4), truth);
    double persistence = Rmse(nothing, truth);
    double statistic = Statistic(lstmSays, nothing, truth, width);
    run.Record(Lstm, lstmError);
    run.Record(Plain, plainError);
    run.Record(Persistence, persistence);
    run.Record(Drift, Rmse(steady, truth));
    run.Record("error of the LSTM over that of persistence", lstmError / persistence);
    run.Record(DieboldMariano, statistic);
    string winner = lstmError < persistence ? "the LSTM" : "persistence";
    run.Say($"{winner} wins by {100.0 * Math.Abs(1.0 - (lstmError / persistence)):F2} %, which {(Math.Abs(statistic) > 2.0 ? "is hardly" : "may well be")} chance");
});

// What a model says of every day of the test part, in percent of change.
static double[] Forecast(Layer model, SeriesWindows test, SeriesScaler scaler)
{
    model.Evaluate();
    using Tape tape = Tape.Inference(model.Device);
    Batch batch = test.ToBatches(test.Count, shuffle: false).GetBatch(0);
    float[] said = model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)).ToArray();
    return [.. said.Select((value, i) => scaler.Back(value, i % scaler.ColumnCount))];
}

static double Rmse(double[] said, double[] truth)
{
    return Math.Sqrt(said.Zip(truth, (one, other) => (one - other) * (one - other)).Average());
}

// The mean over days of how much smaller the first forecast's squared error is, over its standard error; forecasts are one day ahead.
static double Statistic(double[] first, double[] second, double[] truth, int width)
{
    double[] gains =
    [
        .. Enumerable.Range(0, truth.Length / width).Select(day => Enumerable.Range(day * width, width)
            .Average(i => Math.Pow(second[i] - truth[i], 2.0) - Math.Pow(first[i] - truth[i], 2.0))),
    ];
    double mean = gains.Average();
    return mean / Math.Sqrt(gains.Average(gain => (gain - mean) * (gain - mean)) / gains.Length);
}

static double[] Walk(RandomSource random, int days)
{
    double[] closes = [.. Enumerable.Repeat(100.0, days * 4)];
    for (int i = 4; i < closes.Length; i++)
    {
        closes[i] = closes[i - 4] * Math.Exp(0.01 * random.NextGaussian());
    }

    return closes;
}
