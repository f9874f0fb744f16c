#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Which notes come next? Bach's chorales (JSB, Boulanger-Lewandowski et al. 2012) in quarter notes: each step is a set of 88 keys, and a
// layer of 150 LSTM units says the probability of each key at the next step. The figure is the negative log-likelihood of a step (the sum over
// its 88 keys, in nats), over all predicted steps of the test chorales together; the first step of a chorale, which nothing precedes, is given.
using System.Text.Json;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string DataFile = "music/jsb_chorales.json";
const int LowestKey = 21;
const int Keys = 88;
const int HiddenSize = 150;
const int BatchSize = 4;

SampleInformation information = new(
    "chorales",
    "the next chord of Bach's chorales by one layer of 150 LSTM units",
    [new SampleFigure("test NLL a step", 8.40) { AtMost = 8.45 }])
{
    DataFiles = [DataFile],
    StandIn = "random walks of four voices",
    PeerTime = "60 to 90 s",
};

return Sample.Run(args, information, run =>
{
    (float[][] train, float[][] valid, float[][] test) = run.HasData ? Read(run.DataPath(DataFile)) : Generate(new RandomSource(run.Stream(1)));
    RandomSource random = new(run.Stream(2));
    Recurrent recurrent = new(run.Device, Cells.Lstm, new RecurrentOptions { InputSize = Keys, HiddenSize = HiddenSize }, random);
    using Sequential model = new(
        recurrent, new Dropout(run.Device, 0.4f, random), new Dense(run.Device, HiddenSize, Keys, random));
    using Adam optimizer = new(model.Parameters, learningRate: 0.008f);
    int epochs = run.IsQuick ? 1 : 60;
    TrainerOptions training = new()
    {
        Epochs = epochs,
        ClipNorm = 1.0f,
        Loss = Losses.BinaryCrossEntropy,
        Schedule = new Cosine(0.008f, epochs),
        EarlyStopping = new EarlyStopping(patience: 25),
        Seed = run.Stream(3),
    };
    TrainingResult result = new Trainer(model, optimizer, training)
        .Fit(Batches(train, BatchSize, shuffle: true), Batches(valid, valid.Length, shuffle: false), run.EpochLines(), run.Stop);
    run.StopIfAsked();
    run.Say($"epoch {result.BestEpoch} has the lowest validation loss");

    // One batch of all chorales: its mean is over every key of every step that is there.
    double meanOfKeys = new Trainer(model, optimizer, training).Evaluate(Batches(test, test.Length, shuffle: false));
    run.Record("test NLL a step", Keys * meanOfKeys);
});

// Inputs are all steps but the last, targets all but the first.
static SequenceBatchSource Batches(float[][] chorales, int batchSize, bool shuffle)
{
    SequenceBatchOptions options = new() { BatchSize = batchSize, Shuffle = shuffle, BatchesPerBucket = 4 };
    return SequenceBatchSource.ForStepValues(
        [.. chorales.Select(steps => steps[..^Keys])], Keys, [.. chorales.Select(steps => steps[Keys..])], Keys, options);
}

static (float[][] Train, float[][] Valid, float[][] Test) Read(string path)
{
    using JsonDocument file = JsonDocument.Parse(File.ReadAllText(path));
    return (Part("train"), Part("valid"), Part("test"));

    float[][] Part(string name) => [.. file.RootElement.GetProperty(name).EnumerateArray()
        .Select(chorale => ToKeys(chorale.EnumerateArray().Select(chord => chord.EnumerateArray().Select(note => (int)note.GetDouble()))))];
}

static (float[][] Train, float[][] Valid, float[][] Test) Generate(RandomSource random)
{
    return (Part(16), Part(4), Part(4));

    float[][] Part(int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        int[] voices = [48, 55, 64, 72];
        List<int[]> chords = [];
        for (int step = 0; step < 12 + random.NextInt(8); step++)
        {
            for (int voice = 0; voice < voices.Length; voice++)
            {
                voices[voice] += random.NextInt(3) - 1;
            }

            chords.Add([.. voices]);
        }

        return ToKeys(chords);
    })];
}

// [steps, 88]: 1 where a key is down.
static float[] ToKeys(IEnumerable<IEnumerable<int>> chords)
{
    return [.. chords.SelectMany(chord =>
    {
        float[] keys = new float[Keys];
        foreach (int note in chord)
        {
            keys[note - LowestKey] = 1.0f;
        }

        return keys;
    })];
}
