#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Handwritten digits read row by row: 28 steps of 28 pixels go through an LSTM, whose last state names the digit. In training each
// image is moved by up to two pixels, another way in each epoch. The last 5,000 training images are held out and choose the epoch; the
// 10,000 test images are looked at once, at the end of each run.
using GpuRnn.Data;
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string Folder = "mnist/";
const int Side = 28;
const int Digits = 10;
const int HiddenSize = 128;
const int BatchSize = 100;
const int Epochs = 16;
const float LearningRate = 0.003f;
const float Mean = 0.1307f;
const float Deviation = 0.3081f;

SampleInformation information = new(
    "mnist-rows",
    "MNIST digits as 28 steps of 28 pixels, LSTM of 128 units",
    [new SampleFigure("test accuracy", 0.9918) { AtLeast = 0.99 }])
{
    DataFiles = [.. ((string[])["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]).Select(name => $"{Folder}{name}-ubyte.gz")],
    StandIn = "300 images of a bar in one of ten places",
    PeerTime = "200 s",
};

return Sample.Run(args, information, run =>
{
    (ImageSet images, int[] labels) = run.HasData ? Read(run, "train") : Generate(new RandomSource(run.Stream(1)), 200);
    (ImageSet testImages, int[] testLabels) = run.HasData ? Read(run, "t10k") : Generate(new RandomSource(run.Stream(2)), 100);
    int held = images.Count / 12;
    float[] all = images.ToSingles(Mean, Deviation);
    int cut = (images.Count - held) * images.ImageSize;
    MovedImages train = new(all[..cut], labels[..^held], Side, BatchSize, -Mean / Deviation);
    ArrayBatchSource validation = ArrayBatchSource.ForClasses(all[cut..], Side, Side, labels[^held..], BatchSize, shuffle: false);

    RandomSource random = new(run.Stream(3));
    RecurrentOptions options = new() { InputSize = Side, HiddenSize = HiddenSize };
    using Sequential model = new(
        new Recurrent(run.Device, Cells.Lstm, options, random),
        new LastStep(run.Device),
        new Dropout(run.Device, 0.2f, random),
        new Dense(run.Device, HiddenSize, Digits, random));
    using Adam optimizer = new(model.Parameters, LearningRate);
    int epochs = run.IsQuick ? 1 : Epochs;
    TrainerOptions training = new()
    {
        Epochs = epochs,
        ClipNorm = 1.0f,
        Loss = Losses.SoftmaxCrossEntropy,
        Schedule = new Cosine(LearningRate, epochs),
        EarlyStopping = new EarlyStopping(epochs),
        Seed = run.Stream(4),
    };
    new Trainer(model, optimizer, training).Fit(train, validation, run.EpochLines(), run.Stop);
    run.StopIfAsked();

    ArrayBatchSource test = ArrayBatchSource.ForClasses(testImages.ToSingles(Mean, Deviation), Side, Side, testLabels, 500, shuffle: false);
    run.Record("test accuracy", ConfusionMatrix.Of(model, test, Digits).Accuracy);
});

static (ImageSet Images, int[] Labels) Read(SampleRun run, string name)
{
    return (
        ImageFile.ReadIdxImages(run.DataPath($"{Folder}{name}-images-idx3-ubyte.gz")),
        ImageFile.ReadIdxLabels(run.DataPath($"{Folder}{name}-labels-idx1-ubyte.gz")));
}

static (ImageSet Images, int[] Labels) Generate(RandomSource random, int count)
{
    byte[] bytes = new byte[count * Side * Side];
    int[] labels = [.. Enumerable.Range(0, count).Select(i => i % Digits)];
    for (int i = 0; i < bytes.Length; i++)
    {
        int row = i / Side % Side;
        bool isBar = row / 2 == labels[i / (Side * Side)] + 2;
        bytes[i] = (byte)(random.NextInt(64) + (isBar ? 150 : 0));
    }

    return (new ImageSet(bytes, Side, Side, 1), labels);
}

/// <summary>Images in batches [rows, images, columns], each moved by up to two pixels along both axes.</summary>
internal sealed class MovedImages(float[] pixels, int[] labels, int side, int batchSize, float background) : IBatchSource
{
    private const int Farthest = 2;

    private readonly int[] _order = new int[labels.Length];
    private readonly (int Down, int Right)[] _moves = new (int, int)[labels.Length];

    public int BatchCount => labels.Length / batchSize;

    public void StartEpoch(RandomSource random)
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
            _moves[i] = (random.NextInt((2 * Farthest) + 1) - Farthest, random.NextInt((2 * Farthest) + 1) - Farthest);
        }

        random.Shuffle(_order.AsSpan());
    }

    public Batch GetBatch(int index)
    {
        float[] inputs = new float[side * batchSize * side];
        Array.Fill(inputs, background);
        int[] classes = new int[batchSize];
        for (int place = 0; place < batchSize; place++)
        {
            int image = _order[(index * batchSize) + place];
            classes[place] = labels[image];
            (int down, int right) = _moves[image];
            for (int row = Math.Max(0, down); row < Math.Min(side, side + down); row++)
            {
                int source = (((image * side) + row - down) * side) + Math.Max(0, -right);
                int target = (((row * batchSize) + place) * side) + Math.Max(0, right);
                pixels.AsSpan(source, side - Math.Abs(right)).CopyTo(inputs.AsSpan(target));
            }
        }

        return new Batch { Inputs = inputs, InputShape = [side, batchSize, side], Classes = classes, SequenceCount = batchSize };
    }
}
