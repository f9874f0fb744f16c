#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Which digit was spoken? Log-mel frames go through a bidirectional LSTM, and the mean of its outputs over time is classified. The epoch is chosen by the recordings 5 to 9 of each speaker and digit, the figure by the official test, 0 to 4.
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Plots;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const int HiddenSize = 64;
const int BatchSize = 32;

SampleInformation information = new(
    "spoken-digits",
    "spoken digits by log-mel frames and a bidirectional LSTM of 64 units",
    [new SampleFigure("test accuracy", 0.990) { AtLeast = 0.985 }])
{
    DataFiles = [SpokenDigit.DataFile],
    StandIn = "pairs of tones under noise",
    PeerTime = "125 s",
};

return Sample.Run(args, information, run =>
{
    SpokenDigit[] all = run.HasData
        ? SpokenDigit.Read(run.DataPath(SpokenDigit.DataFile), run.Device)
        : SpokenDigit.Generate(new RandomSource(run.Stream(1)), run.IsQuick ? 12 : 40, run.Device);
    run.Say($"{all.Length} recordings read");
    SequenceBatchSource train = Batches(all.Where(digit => digit.IsTraining), shuffle: true);
    SequenceBatchSource validation = Batches(all.Where(digit => digit.IsValidation), shuffle: false);

    RandomSource random = new(run.Stream(2));
    RecurrentOptions options = new() { InputSize = SpokenDigit.Width, HiddenSize = HiddenSize, Bidirectional = true };
    Recurrent recurrent = new(run.Device, Cells.Lstm, options, random);
    using Sequential model = new(
        new Dropout(run.Device, 0.2f, random),
        recurrent,
        new MeanOverTime(run.Device),
        new Dropout(run.Device, 0.5f, random),
        new Dense(run.Device, recurrent.OutputSize, 10, random));
    using Adam optimizer = new(model.Parameters, learningRate: 0.003f);
    int epochs = run.IsQuick ? 2 : 25;
    TrainerOptions training = new()
    {
        Epochs = epochs,
        ClipNorm = 1.0f,
        Loss = Losses.SoftmaxCrossEntropy,
        Schedule = new Cosine(0.003f, epochs),
        EarlyStopping = new EarlyStopping(patience: epochs),
        Seed = run.Stream(3),
    };
    TrainingResult result = new Trainer(model, optimizer, training).Fit(train, validation, run.EpochLines(), run.Stop);
    run.StopIfAsked();

    ConfusionMatrix confusion = ConfusionMatrix.Of(model, Batches(all.Where(digit => digit.IsTest), shuffle: false), classCount: 10);
    run.Say($"epoch {result.BestEpoch} has the lowest validation loss");
    run.Record("test accuracy", confusion.Accuracy);
    run.StopClock();
    string[] names = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];
    run.Keep($"confusion-{run.Seed}.svg", MatrixChart.Confusion("Spoken digits, official test", names, confusion.Counts));
});

static SequenceBatchSource Batches(IEnumerable<SpokenDigit> digits, bool shuffle)
{
    SpokenDigit[] chosen = [.. digits];
    SequenceBatchOptions options = new() { BatchSize = BatchSize, Shuffle = shuffle, BatchesPerBucket = 8 };
    return SequenceBatchSource.ForClasses(
        [.. chosen.Select(digit => digit.Features)], SpokenDigit.Width, [.. chosen.Select(digit => digit.Digit)], options);
}
