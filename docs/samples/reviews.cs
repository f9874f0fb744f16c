#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Is a sentence of a film review praise or blame? rt-polarity (Pang and Lee 2005): 5,331 sentences of each, read in both directions by
// an LSTM over word vectors that start at random; the largest value of each unit over all steps decides. One tenth, the same for every seed, is held out for the test; another tenth decides
// when to stop.
using System.Text;
using GpuRnn.Data;
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string Positive = "sentiment/rt-polarity.pos";
const string Negative = "sentiment/rt-polarity.neg";
const string Accuracy = "test accuracy";
const int EmbeddingSize = 100;
const int HiddenSize = 100;
const int BatchSize = 50;
const int Epochs = 12;
const int Patience = 3;
const float LearningRate = 0.001f;
const float Deviation = 0.1f;
const float DropProbability = 0.5f;

// Also the seed of the division into parts, so that every run is tested on the same sentences.
const ulong Division = 20050601;

SampleInformation information = new(
    "reviews",
    "praise or blame in sentences of film reviews, bidirectional LSTM of 2 x 100 units",
    [new SampleFigure(Accuracy, Peer: 0.766) { AtLeast = 0.76 }, new SampleFigure("validation accuracy")])
{
    DataFiles = [Positive, Negative],
    StandIn = "200 sentences of ten random words, of which praise has one and blame another",
    PeerTime = "151 s",
};

return Sample.Run(args, information, run =>
{
    (string[] Words, int Class)[] reviews = run.HasData
        ? [.. Read(run.DataPath(Positive), 1), .. Read(run.DataPath(Negative), 0)]
        : Generate(new RandomSource(run.Stream(1)));
    new RandomSource(Division).Shuffle(reviews.AsSpan());
    int tenth = reviews.Length / 10;
    (string[] Words, int Class)[] train = reviews[(2 * tenth)..];

    // Words that occur once are taken for unknown, so that the model learns what an unknown word is worth.
    Vocabulary vocabulary = Vocabulary.FromCorpus(
        train.SelectMany(review => review.Words), new VocabularyOptions { MinimumCount = 2, Specials = SpecialSymbols.PaddingAndUnknown });
    run.Say($"{train.Length} sentences to train on, {tenth} to validate, {tenth} to test; {vocabulary.Count} words");

    int hiddenSize = run.IsQuick ? 8 : HiddenSize;
    RandomSource random = new(run.Stream(2));
    Recurrent recurrent = new(
        run.Device, Cells.Lstm, new RecurrentOptions { InputSize = EmbeddingSize, HiddenSize = hiddenSize, Bidirectional = true }, random);
    using Sequential model = new(
        new Embedding(run.Device, vocabulary.Count, EmbeddingSize, random, vocabulary.Padding, Deviation),
        new Dropout(run.Device, DropProbability, random),
        recurrent,
        new MaxOverTime(run.Device),
        new Dropout(run.Device, DropProbability, random),
        new Dense(run.Device, recurrent.OutputSize, 2, random));
    using Adam optimizer = new(model.Parameters, LearningRate);
    TrainerOptions options = new()
    {
        Epochs = run.IsQuick ? 2 : Epochs,
        ClipNorm = 1.0f,
        Loss = Losses.SoftmaxCrossEntropy,
        EarlyStopping = new EarlyStopping(Patience),
        Seed = run.Stream(3),
    };
    new Trainer(model, optimizer, options).Fit(
        Batches(train, vocabulary, shuffle: true), Batches(reviews[tenth..(2 * tenth)], vocabulary, shuffle: false), run.EpochLines(), run.Stop);
    run.StopIfAsked();
    run.Record("validation accuracy", ConfusionMatrix.Of(model, Batches(reviews[tenth..(2 * tenth)], vocabulary, shuffle: false), classCount: 2).Accuracy);
    run.Record(Accuracy, ConfusionMatrix.Of(model, Batches(reviews[..tenth], vocabulary, shuffle: false), classCount: 2).Accuracy);
});

// Sentences of about the same length together: what is padded costs time everywhere but in the LSTM.
static SequenceBatchSource Batches((string[] Words, int Class)[] reviews, Vocabulary vocabulary, bool shuffle)
{
    return SequenceBatchSource.ForClasses(
        [.. reviews.Select(review => vocabulary.Encode(review.Words))],
        [.. reviews.Select(review => review.Class)],
        new SequenceBatchOptions { BatchSize = BatchSize, Shuffle = shuffle, BatchesPerBucket = 20 });
}

// Every line is a sentence whose words and marks were separated before.
static IEnumerable<(string[] Words, int Class)> Read(string path, int number)
{
    SpaceTokeniser words = new();
    return DataFile.ReadLines(path, Encoding.Latin1).Select(line => (words.Split(line).ToArray(), number));
}

static (string[] Words, int Class)[] Generate(RandomSource random)
{
    return
    [
        .. Enumerable.Range(0, 200).Select(i => (
            Enumerable.Range(0, 10).Select(place => place == i % 10 ? (i % 2 == 1 ? "fine" : "dull") : $"word{random.NextInt(20)}").ToArray(),
            i % 2)),
    ];
}
