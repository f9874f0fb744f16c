#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Captions of pictures: three convolutions turn 32 by 32 pixels into a vector, which an LSTM sees beside each word that it writes
// (Vinyals et al. 2015, with the picture at every step). A caption counts when it is one of the picture's five. The compositional split
// holds pairs of shapes and colours that no training picture has: there a network of this kind must fail, and does.
using System.Text;
using GpuRnn.Data;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Training;

const string ImagesFile = "captions/shapes_images_u8_32x32x3.bin.gz";
const string CaptionsFile = "captions/shapes_captions.jsonl.gz";
const int Side = 32;
const int BatchSize = 32;
const int Epochs = 20;
const float LearningRate = 0.002f;

SampleInformation information = new(
    "captions",
    "captions of 32x32 pictures of shapes: three convolutions, LSTM of 128 units, greedy",
    [new SampleFigure("caption among the 5", 0.979) { AtLeast = 0.95 }, new SampleFigure("the same, compositional split", 0.006)])
{
    DataFiles = [ImagesFile, CaptionsFile],
    StandIn = "48 pictures of one coloured square",
    PeerTime = "200 s",
};

return Sample.Run(args, information, run =>
{
    Picture[] pictures = run.HasData ? Read(run) : Generate(new RandomSource(run.Stream(1)));
    ImageSet images = run.HasData ? ImageFile.ReadRaw(run.DataPath(ImagesFile), Side, Side, 3) : Draw(pictures);
    Vocabulary words = new([.. pictures.SelectMany(picture => picture.Captions).SelectMany(text => text.Split(' ')).Distinct().Order(StringComparer.Ordinal)]);
    PictureBatches train = new(images, [.. pictures.Where(picture => picture.Split == "train")], words, BatchSize, isRandom: true);
    PictureBatches validation = new(images, [.. pictures.Where(picture => picture.Split == "valid")], words, BatchSize, isRandom: false);

    using CaptionModel model = new(run.Device, words.Count, new RandomSource(run.Stream(2)));
    using Adam optimizer = new(model.Parameters, LearningRate);
    int epochs = run.IsQuick ? 1 : Epochs;
    TrainerOptions training = new()
    {
        Epochs = epochs,
        ClipNorm = 1.0f,
        Schedule = new Cosine(LearningRate, epochs),
        EarlyStopping = new EarlyStopping(epochs),
        Seed = run.Stream(3),
    };
    new Trainer(model, (tape, batch) => model.Loss(tape, (PictureBatch)batch), optimizer, training)
        .Fit(train, validation, run.EpochLines(), run.Stop);
    run.StopIfAsked();

    run.Record("caption among the 5", Share(run, model, images, pictures, "test", words));
    run.StopClock();
    run.Record("the same, compositional split", Share(run, model, images, pictures, "test_compositional", words));
});

// The share of pictures whose caption is one of theirs.
static double Share(SampleRun run, CaptionModel model, ImageSet images, Picture[] pictures, string split, Vocabulary words)
{
    Picture[] asked = [.. pictures.Where(picture => picture.Split == split)];
    int right = 0;
    foreach (Picture[] some in asked.Chunk(250))
    {
        string[] written = model.Write(PictureBatches.Pixels(images, some), some.Length, words);
        right += some.Where((picture, i) => picture.Captions.Contains(written[i])).Count();
        if (right < 3)
        {
            run.Say($"\"{written[0]}\" for \"{some[0].Captions[0]}\"");
        }
    }

    return (double)right / asked.Length;
}

static Picture[] Read(SampleRun run)
{
    return [.. JsonLinesFile.Read(run.DataPath(CaptionsFile)).Select((line, i) => new Picture(i, line.GetText("split"), [.. line.GetTexts("captions")]))];
}

static Picture[] Generate(RandomSource random)
{
    string[] splits = ["train", "train", "train", "valid", "test", "test_compositional"];
    string[] colours = ["red", "green", "blue"];
    return [.. Enumerable.Range(0, 48).Select(i =>
    {
        string colour = colours[random.NextInt(3)];
        return new Picture(i, splits[i % splits.Length], [$"a {colour} square", $"a square is {colour}"]);
    })];
}

static ImageSet Draw(Picture[] pictures)
{
    byte[] bytes = new byte[pictures.Length * Side * Side * 3];
    for (int i = 0; i < bytes.Length; i++)
    {
        int pixel = i / 3 % (Side * Side);
        string text = pictures[i / (Side * Side * 3)].Captions[0];
        int colour = text.Contains("red", StringComparison.Ordinal) ? 0 : text.Contains("green", StringComparison.Ordinal) ? 1 : 2;
        bool isInside = pixel / Side is > 8 and < 24 && pixel % Side is > 8 and < 24;
        bytes[i] = (byte)(isInside && i % 3 == colour ? 230 : 20);
    }

    return new ImageSet(bytes, Side, Side, 3);
}

/// <summary>One picture: its number in the file, the set that it belongs to, and what may be said of it.</summary>
internal sealed record Picture(int Number, string Split, string[] Captions);

/// <summary>Pictures with one caption each: words to read, and the words that follow.</summary>
internal sealed class PictureBatch : Batch
{
    public required float[] Tokens { get; init; }

    public required SequenceMask Words { get; init; }
}

/// <summary>Gives each picture one of its captions, in training another one each time.</summary>
internal sealed class PictureBatches(ImageSet images, Picture[] pictures, Vocabulary words, int batchSize, bool isRandom) : IBatchSource
{
    private readonly Picture[] _order = [.. pictures];
    private readonly int[] _chosen = new int[pictures.Length];

    public int BatchCount => (pictures.Length + batchSize - 1) / batchSize;

    public static float[] Pixels(ImageSet images, Picture[] some)
    {
        float[] pixels = new float[some.Length * images.ImageSize];
        for (int i = 0; i < some.Length; i++)
        {
            images.CopyTo(some[i].Number, pixels.AsSpan(i * images.ImageSize, images.ImageSize), mean: 0.1f, deviation: 0.25f);
        }

        return pixels;
    }

    public void StartEpoch(RandomSource random)
    {
        pictures.CopyTo(_order, 0);
        if (isRandom)
        {
            random.Shuffle(_order.AsSpan());
            for (int i = 0; i < _chosen.Length; i++)
            {
                _chosen[i] = random.NextInt(_order[i].Captions.Length);
            }
        }
    }

    public Batch GetBatch(int index)
    {
        int first = index * batchSize;
        Picture[] some = _order[first..Math.Min(first + batchSize, _order.Length)];
        int[][] texts = [.. some.Select((picture, i) => words.Encode(picture.Captions[_chosen[first + i]].Split(' ')))];
        int steps = texts.Max(text => text.Length) + 1;
        float[] tokens = new float[steps * some.Length];
        int[] classes = new int[steps * some.Length];
        Array.Fill(classes, Losses.DefaultIgnoreIndex);
        for (int row = 0; row < some.Length; row++)
        {
            for (int step = 0; step <= texts[row].Length; step++)
            {
                tokens[(step * some.Length) + row] = step == 0 ? words.Start!.Value : texts[row][step - 1];
                classes[(step * some.Length) + row] = step < texts[row].Length ? texts[row][step] : words.End!.Value;
            }
        }

        return new PictureBatch
        {
            Inputs = Pixels(images, some),
            InputShape = [some.Length, images.RowCount, images.ColumnCount, images.ChannelCount],
            Tokens = tokens,
            Words = SequenceMask.FromLengths(steps, [.. texts.Select(text => text.Length + 1)]),
            Classes = classes,
            SequenceCount = some.Length,
        };
    }
}

/// <summary>Pixels to a vector, and the vector with each word to the next word.</summary>
internal sealed class CaptionModel : Module
{
    private const int VectorSize = 128;
    private const int WordSize = 64;
    private const int HiddenSize = 128;
    private const int LongestCaption = 20;

    private readonly Sequential _encoder;
    private readonly GpuRnn.Layers.Embedding _embedding;
    private readonly Recurrent _decoder;
    private readonly Dense _output;

    public CaptionModel(Device device, int vocabularySize, RandomSource random)
        : base(device)
    {
        SlidingWindow window = SlidingWindow.Same(3);
        _encoder = new Sequential(
            new Conv2d(device, 3, 32, window, random),
            new MaxPool2d(device, 2),
            new Apply(device, Relu.Forward),
            new Conv2d(device, 32, 64, window, random),
            new MaxPool2d(device, 2),
            new Apply(device, Relu.Forward),
            new Conv2d(device, 64, 64, window, random),
            new MaxPool2d(device, 2),
            new Apply(device, Relu.Forward),
            new Flatten(device),
            new Dense(device, 4 * 4 * 64, VectorSize, random));
        _embedding = new GpuRnn.Layers.Embedding(device, vocabularySize, WordSize, random);
        _decoder = new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = WordSize + VectorSize, HiddenSize = HiddenSize }, random);
        _output = new Dense(device, HiddenSize, vocabularySize, random);
        Parameters =
        [
            .. Named("encoder", _encoder), .. Named("embedding", _embedding), .. Named("decoder", _decoder), .. Named("output", _output),
        ];
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    protected override IReadOnlyList<Module> Children => [_encoder, _embedding, _decoder, _output];

    public Tensor Loss(Tape tape, PictureBatch batch)
    {
        Tensor vector = _encoder.Forward(tape, tape.Input(batch.Inputs, batch.InputShape));
        Tensor tokens = tape.Input(batch.Tokens, batch.Words.TimeSteps, batch.Words.BatchSize);
        Tensor steps = Steps(tape, vector, tokens);
        Tensor states = _decoder.Forward(tape, steps, initial: null, batch.Words).Output;
        return Losses.SoftmaxCrossEntropy(tape, _output.Forward(tape, states), batch.Classes);
    }

    /// <summary>Writes a caption for each picture, always the likeliest word.</summary>
    public string[] Write(float[] pixels, int count, Vocabulary words)
    {
        Evaluate();
        using Tape tape = Tape.Inference(Device);
        Tensor vector = _encoder.Forward(tape, tape.Input(pixels, count, 32, 32, 3));
        StringBuilder[] texts = [.. Enumerable.Range(0, count).Select(_ => new StringBuilder())];
        bool[] isDone = new bool[count];
        float[] tokens = new float[count];
        Array.Fill(tokens, words.Start!.Value);
        RecurrentState? state = null;
        for (int step = 0; step < LongestCaption && !Array.TrueForAll(isDone, done => done); step++)
        {
            RecurrentResult result = _decoder.Forward(tape, Steps(tape, vector, tape.Input(tokens, 1, count)), state);
            state = result.State;
            float[] logits = _output.Forward(tape, result.Output).ToArray();
            for (int row = 0; row < count; row++)
            {
                float[] scores = logits[(row * words.Count)..((row + 1) * words.Count)];
                int best = Array.IndexOf(scores, scores.Max());
                tokens[row] = best;
                isDone[row] |= best == words.End;
                texts[row].Append(isDone[row] ? string.Empty : $" {words[best]}");
            }
        }

        return [.. texts.Select(text => text.ToString().Trim())];
    }

    private static IEnumerable<Parameter> Named(string name, Module module)
    {
        return module.Parameters.Select(parameter => new Parameter($"{name}.{parameter.Name}", parameter.Value, parameter.Gradient));
    }

    private Tensor Steps(Tape tape, Tensor vector, Tensor tokens)
    {
        return Concat.Forward(tape, _embedding.Forward(tape, tokens), RepeatTime.Forward(tape, vector, tokens.Shape[0]));
    }
}
