#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Can tomorrow's closing prices of four European stock indices be forecast from the last twenty days? An LSTM and a network without
// memory against persistence, the forecast that nothing changes. The last fifth of 1991 to 1998 is held out, the tenth before it decides
// when to stop. The sample says who wins, and by how much.
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
const int Window = 20;
const int HiddenSize = 16;
const int Epochs = 60;
const int Patience = 8;
const float LearningRate = 0.001f;
string[] columns = ["DAX", "SMI", "CAC", "FTSE"];

SampleInformation information = new(
    "stocks",
    "daily closes of four European stock indices, LSTM of 16 units against persistence",
    [new SampleFigure(Lstm), new SampleFigure(Plain), new SampleFigure(Persistence), new SampleFigure("error of the LSTM over that of persistence")])
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

    double Measure(Layer model, int purpose)
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
        return Error(model, test, scaler);
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
    double lstmError = Measure(lstm, 3);
    double plainError = Measure(plain, 4);

    // Persistence says that the change is zero.
    double persistence = Math.Sqrt(changes.AsSpan(validationEnd * width).ToArray().Average(change => change * change));
    run.Record(Lstm, lstmError);
    run.Record(Plain, plainError);
    run.Record(Persistence, persistence);
    run.Record("error of the LSTM over that of persistence", lstmError / persistence);
    string winner = lstmError < Math.Min(plainError, persistence) ? "the LSTM" : plainError < persistence ? "the network without memory" : "persistence";
    run.Say($"{winner} wins: LSTM {lstmError:F4}, network without memory {plainError:F4}, persistence {persistence:F4}");
});

// The root mean square error over days and indices, in percent a day.
static double Error(Layer model, SeriesWindows test, SeriesScaler scaler)
{
    model.Evaluate();
    using Tape tape = Tape.Inference(model.Device);
    Batch batch = test.ToBatches(test.Count, shuffle: false).GetBatch(0);
    float[] said = model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)).ToArray();
    return Math.Sqrt(said.Select((value, i) =>
    {
        int column = i % scaler.ColumnCount;
        return Math.Pow(scaler.Back(value, column) - scaler.Back(batch.Targets[i], column), 2.0);
    }).Average());
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
