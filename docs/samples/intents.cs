#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// What does a speaker want, and with what? SNIPS: 7 intents, and a tag for every word ("play [allergic: album] by [westbam: artist]").
// One model says both: the tag of the start and of the end symbol is the intent. At either of them one direction of the LSTM has read
// the whole utterance.
using GpuRnn.Data;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string Intent = "test intent accuracy";
const string Slots = "test slot F1";
const int EmbeddingSize = 100;
const int HiddenSize = 200;
const int BatchSize = 32;
const int Epochs = 12;
const int Patience = 3;
const float LearningRate = 0.002f;
const float Deviation = 0.1f;
const float DropProbability = 0.5f;
string[] parts = ["train", "valid", "test"];

SampleInformation information = new(
    "intents",
    "intent and slot tags of SNIPS utterances, bidirectional LSTM of 2 x 200 units",
    [
        new SampleFigure(Intent, Peer: 0.976) { AtLeast = 0.970 },
        new SampleFigure(Slots, Peer: 0.853),
        new SampleFigure("validation intent accuracy"),
        new SampleFigure("validation slot F1"),
    ])
{
    DataFiles = [.. parts.SelectMany(part => new[] { "seq.in", "seq.out", "label" }.Select(file => $"intent-snips/{part}/{file}"))],
    StandIn = "120 utterances such as \"play song3\" and \"weather in city7\"",
    PeerTime = "166 s",
};

return Sample.Run(args, information, run =>
{
    Utterance[][] data = run.HasData
        ? [.. parts.Select(part => Read(run, part))]
        : [.. parts.Select((_, i) => Generate(new RandomSource(run.Stream(10 + i))))];

    // Words that occur once are taken for unknown, so that the model learns to tag what it has never read.
    Vocabulary words = Vocabulary.FromCorpus(data[0].SelectMany(one => one.Words), new VocabularyOptions { MinimumCount = 2 });
    VocabularyOptions everyOne = new() { Specials = SpecialSymbols.None };
    Vocabulary intents = Vocabulary.FromCorpus(data[0].Select(one => one.Intent), everyOne);
    Vocabulary tags = Vocabulary.FromCorpus(data[0].SelectMany(one => one.Tags), everyOne);
    run.Say($"{data[0].Length} utterances, {words.Count} words, {intents.Count} intents, {tags.Count} tags");

    RandomSource random = new(run.Stream(1));
    Recurrent recurrent = new(
        run.Device,
        Cells.Lstm,
        new RecurrentOptions { InputSize = EmbeddingSize, HiddenSize = run.IsQuick ? 12 : HiddenSize, Bidirectional = true },
        random);
    using Sequential model = new(
        new Embedding(run.Device, words.Count, EmbeddingSize, random, words.Padding, Deviation),
        new Dropout(run.Device, DropProbability, random),
        recurrent,
        new Dropout(run.Device, DropProbability, random),
        new Dense(run.Device, recurrent.OutputSize, intents.Count + tags.Count, random));
    using Adam optimizer = new(model.Parameters, LearningRate);
    TrainerOptions options = new()
    {
        Epochs = run.IsQuick ? 2 : Epochs,
        ClipNorm = 5.0f,
        Loss = Losses.SoftmaxCrossEntropy,
        EarlyStopping = new EarlyStopping(Patience),
        Seed = run.Stream(2),
    };

    // Classes: the intents, then the tags. A tag that the training part does not have cannot be predicted, and does not count there.
    SequenceBatchSource Batches(Utterance[] utterances, bool shuffle) => SequenceBatchSource.ForStepClasses(
        [.. utterances.Select(one => (int[])[words.Start!.Value, .. words.Encode(one.Words), words.End!.Value])],
        [.. utterances.Select(one => (int[])
        [
            intents.NumberOf(one.Intent),
            .. one.Tags.Select(tag => tags.Contains(tag) ? intents.Count + tags.NumberOf(tag) : Losses.DefaultIgnoreIndex),
            intents.NumberOf(one.Intent),
        ])],
        new SequenceBatchOptions { BatchSize = BatchSize, Shuffle = shuffle, BatchesPerBucket = shuffle ? 20 : 1 });

    new Trainer(model, optimizer, options).Fit(Batches(data[0], true), Batches(data[1], false), run.EpochLines(), run.Stop);
    run.StopIfAsked();
    (double intent, double slots) = Judge(model, Batches(data[1], false), data[1], intents, tags);
    run.Record("validation intent accuracy", intent);
    run.Record("validation slot F1", slots);
    (intent, slots) = Judge(model, Batches(data[2], false), data[2], intents, tags);
    run.Record(Intent, intent);
    run.Record(Slots, slots);
});

// Intent accuracy, and the F1 of whole slots: a slot is right where its kind, its first and its last word are (CoNLL 2000).
static (double Intent, double Slots) Judge(
    Sequential model, SequenceBatchSource source, Utterance[] utterances, Vocabulary intents, Vocabulary tags)
{
    model.Evaluate();
    using Tape tape = Tape.Inference(model.Device);
    (int next, int rightIntents, int found, int there, int both) = (0, 0, 0, 0, 0);
    int classes = intents.Count + tags.Count;
    for (int i = 0; i < source.BatchCount; i++)
    {
        Batch batch = source.GetBatch(i);
        float[] logits = model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape), batch.Mask).ToArray();
        tape.Reset();
        for (int row = 0; row < batch.SequenceCount; row++)
        {
            Utterance utterance = utterances[next++];
            ReadOnlySpan<float> Logits(int step, int from, int count) => logits.AsSpan((((step * batch.SequenceCount) + row) * classes) + from, count);
            float[] ends = Logits(0, 0, intents.Count).ToArray();
            ReadOnlySpan<float> last = Logits(utterance.Words.Length + 1, 0, intents.Count);
            for (int k = 0; k < ends.Length; k++)
            {
                ends[k] += last[k];
            }

            rightIntents += intents[LogProbabilities.Largest(ends)] == utterance.Intent ? 1 : 0;
            string[] said = [.. Enumerable.Range(1, utterance.Words.Length).Select(step => tags[LogProbabilities.Largest(Logits(step, intents.Count, tags.Count))])];
            HashSet<(int, int, string)> predicted = [.. Chunks(said)];
            HashSet<(int, int, string)> meant = [.. Chunks(utterance.Tags)];
            found += predicted.Count;
            there += meant.Count;
            both += predicted.Intersect(meant).Count();
        }
    }

    return ((double)rightIntents / utterances.Length, 2.0 * both / Math.Max(1, found + there));
}

// The slots of a row of tags: first word, last word, kind. An I- that continues nothing begins a slot, as the CoNLL script has it.
static IEnumerable<(int First, int Last, string Kind)> Chunks(string[] tags)
{
    int first = -1;
    for (int i = 0; i <= tags.Length; i++)
    {
        string tag = i < tags.Length ? tags[i] : "O";
        bool goesOn = first >= 0 && tag.StartsWith("I-", StringComparison.Ordinal) && tag[2..] == tags[first][2..];
        if (first >= 0 && !goesOn)
        {
            yield return (first, i - 1, tags[first][2..]);
            first = -1;
        }

        first = !goesOn && tag != "O" ? i : first;
    }
}

static Utterance[] Read(SampleRun run, string part)
{
    SpaceTokeniser spaces = new();
    string[][] Symbols(string file) => [.. DataFile.ReadLines(run.DataPath($"intent-snips/{part}/{file}")).Select(line => spaces.Split(line).ToArray())];
    return [.. Symbols("seq.in").Zip(Symbols("seq.out"), Symbols("label")).Select(line => new Utterance(line.First, line.Second, line.Third[0]))];
}

static Utterance[] Generate(RandomSource random)
{
    return
    [
        .. Enumerable.Range(0, 40).Select(i => i % 2 == 0
            ? new Utterance(["play", $"song{random.NextInt(9)}"], ["O", "B-song"], "Play")
            : new Utterance(["weather", "in", $"city{random.NextInt(9)}"], ["O", "O", "B-city"], "Weather")),
    ];
}

internal sealed record Utterance(string[] Words, string[] Tags, string Intent);
