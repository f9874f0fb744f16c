#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Short videos of one shape that moves: which way does it go? No single picture tells, so a convolutional network reads every frame
// and an LSTM reads what it made of them. The videos are generated, with other seeds for training, validation and test.
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Training;

const int Side = 16;
const int Frames = 10;
const int Motions = 8;
const int HiddenSize = 32;
const int BatchSize = 50;
const int Epochs = 12;
const float LearningRate = 0.003f;

SampleInformation information = new(
    "moving-shapes",
    "eight motions of a shape in ten frames of 16x16 pixels, two convolutions and an LSTM of 32 units",
    [
        new SampleFigure("test accuracy") { AtLeast = 0.95 },
        new SampleFigure("accuracy with the frames in random order"),
    ]);

return Sample.Run(args, information, run =>
{
    (float[] videos, int[] motions) = Generate(new RandomSource(run.Stream(1)), run.IsQuick ? 100 : 4000);
    (float[] held, int[] heldMotions) = Generate(new RandomSource(run.Stream(2)), run.IsQuick ? 50 : 500);
    (float[] test, int[] testMotions) = Generate(new RandomSource(run.Stream(3)), run.IsQuick ? 50 : 1000);

    RandomSource random = new(run.Stream(4));
    SlidingWindow window = SlidingWindow.Same(3);
    Sequential frames = new(
        new Apply(run.Device, (tape, x) => Reshape.Forward(tape, x, x.Shape[0], Side, Side, 1)),
        new Conv2d(run.Device, 1, 8, window, random),
        new Apply(run.Device, Relu.Forward),
        new MaxPool2d(run.Device, 2),
        new Conv2d(run.Device, 8, 16, window, random),
        new Apply(run.Device, Relu.Forward),
        new MaxPool2d(run.Device, 2),
        new Flatten(run.Device));
    RecurrentOptions options = new() { InputSize = Side / 4 * Side / 4 * 16, HiddenSize = HiddenSize };
    using Sequential model = new(
        new TimeDistributed(frames),
        new Recurrent(run.Device, Cells.Lstm, options, random),
        new LastStep(run.Device),
        new Dense(run.Device, HiddenSize, Motions, random));
    using Adam optimizer = new(model.Parameters, LearningRate);
    int epochs = run.IsQuick ? 1 : Epochs;
    TrainerOptions training = new()
    {
        Epochs = epochs,
        ClipNorm = 1.0f,
        Loss = Losses.SoftmaxCrossEntropy,
        Schedule = new Cosine(LearningRate, epochs),
        EarlyStopping = new EarlyStopping(epochs),
        Seed = run.Stream(5),
    };
    new Trainer(model, optimizer, training).Fit(Source(videos, motions), Source(held, heldMotions, shuffle: false), run.EpochLines(), run.Stop);
    run.StopIfAsked();

    run.Record("test accuracy", ConfusionMatrix.Of(model, Source(test, testMotions, shuffle: false), Motions).Accuracy);
    run.StopClock();
    ArrayBatchSource mixed = Source(Mixed(test, new RandomSource(run.Stream(6))), testMotions, shuffle: false);
    run.Record("accuracy with the frames in random order", ConfusionMatrix.Of(model, mixed, Motions).Accuracy);
});

static ArrayBatchSource Source(float[] videos, int[] motions, bool shuffle = true)
{
    return ArrayBatchSource.ForClasses(videos, Frames, Side * Side, motions, BatchSize, shuffle);
}

// A square, a disc or a cross that goes left, right, up, down, round one way or the other, to and fro, or nowhere; noise lies over all frames.
static (float[] Videos, int[] Motions) Generate(RandomSource random, int count)
{
    float[] videos = new float[count * Frames * Side * Side];
    int[] motions = new int[count];
    for (int video = 0; video < count; video++)
    {
        motions[video] = random.NextInt(Motions);
        int shape = random.NextInt(3);
        double size = 1.5 + random.NextDouble();
        double x = 6.0 + (4.0 * random.NextDouble());
        double y = 6.0 + (4.0 * random.NextDouble());
        double speed = 0.3 + (0.5 * random.NextDouble());
        double phase = 2.0 * Math.PI * random.NextDouble();
        for (int frame = 0; frame < Frames; frame++)
        {
            (double dx, double dy) = Place(motions[video], frame, speed, phase);
            Draw(videos.AsSpan(((video * Frames) + frame) * Side * Side, Side * Side), shape, size, x + dx, y + dy, random);
        }
    }

    return (videos, motions);
}

static (double Dx, double Dy) Place(int motion, int frame, double speed, double phase)
{
    double way = speed * (frame - (Frames / 2));
    double angle = phase + (speed * frame * (motion == 5 ? -1.0 : 1.0));
    return motion switch
    {
        0 => (-way, 0.0),
        1 => (way, 0.0),
        2 => (0.0, -way),
        3 => (0.0, way),
        4 or 5 => (3.0 * Math.Cos(angle), 3.0 * Math.Sin(angle)),
        6 => (3.0 * Math.Sin(angle), 0.0),
        _ => (0.0, 0.0),
    };
}

static void Draw(Span<float> frame, int shape, double size, double x, double y, RandomSource random)
{
    for (int i = 0; i < frame.Length; i++)
    {
        double dx = Math.Abs((i % Side) - x);
        double dy = Math.Abs((i / Side) - y);
        double distance = shape switch
        {
            0 => Math.Max(dx, dy),
            1 => Math.Sqrt((dx * dx) + (dy * dy)),
            _ => Math.Min(dx, dy) < 0.6 ? Math.Max(dx, dy) - 1.0 : 9.0,
        };
        double light = Math.Clamp(size + 0.5 - distance, 0.0, 1.0);
        frame[i] = (float)light + (0.1f * random.NextGaussian());
    }
}

// The same frames in an order that says nothing.
static float[] Mixed(float[] videos, RandomSource random)
{
    float[] mixed = new float[videos.Length];
    int size = Side * Side;
    for (int video = 0; video < videos.Length / (Frames * size); video++)
    {
        int[] order = [.. Enumerable.Range(0, Frames)];
        random.Shuffle(order.AsSpan());
        for (int frame = 0; frame < Frames; frame++)
        {
            videos.AsSpan(((video * Frames) + order[frame]) * size, size).CopyTo(mixed.AsSpan(((video * Frames) + frame) * size, size));
        }
    }

    return mixed;
}
