#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Dates as people write them ("the 2nd of august 2010") to dates as machines do ("2010-08-02"), letter by letter, with the attention of Bahdanau. Weights are
// those of the epoch with the smallest validation loss; a translation counts when every letter is right.
using GpuRnn.Data;
using GpuRnn.Decoding;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Plots;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string Folder = "translation-dates/dates_";
const int EmbeddingSize = 32;
const int EncoderSize = 64;
const int DecoderSize = 128;
const int FeatureSize = 64;
const int BatchSize = 64;
const int Epochs = 5;
const float LearningRate = 3e-3f;
const int MaximumLength = 12;

SampleInformation information = new(
    "dates",
    "dates translated by attention (Bahdanau), GRU of 64 units in both directions, decoder of 128",
    [new SampleFigure("exact match", 1.0) { AtLeast = 0.99 }, new SampleFigure("exact match, beam of 4")])
{
    DataFiles = [$"{Folder}train.tsv", $"{Folder}valid.tsv", $"{Folder}test.tsv"],
    StandIn = "dates such as 7.11.2031",
    PeerTime = "40 s",
};

return Sample.Run(args, information, run =>
{
    (string From, string To)[] train = run.HasData ? Read(run, "train") : Generate(run, 1, 128);
    (string From, string To)[] validation = run.HasData ? Read(run, "valid") : Generate(run, 2, 32);
    (string From, string To)[] test = run.HasData ? Read(run, "test") : Generate(run, 3, 32);
    Vocabulary reading = Vocabulary.FromCorpus(train.SelectMany(pair => Letters(pair.From)));
    Vocabulary writing = Vocabulary.FromCorpus(train.SelectMany(pair => Letters(pair.To)));
    using EncoderDecoder model = Build(run.Device, reading.Count, writing.Count, new RandomSource(run.Stream(1)));

    SequencePairBatchSource Batches((string From, string To)[] pairs, bool shuffle) => new(
        [.. pairs.Select(pair => reading.Encode(Letters(pair.From)))], [.. pairs.Select(pair => writing.Encode(Letters(pair.To)))],
        writing.Start!.Value, writing.End!.Value, new SequenceBatchOptions { BatchSize = BatchSize, BatchesPerBucket = 20, Shuffle = shuffle });
    using Adam optimizer = new(model.Parameters, LearningRate);
    int epochs = run.IsQuick ? 1 : Epochs;
    TrainerOptions options = new()
    {
        Epochs = epochs,
        ClipNorm = 1.0f,
        Schedule = new Cosine(LearningRate, epochs),
        EarlyStopping = new EarlyStopping(patience: epochs),
        Seed = run.Stream(2),
    };
    BatchLoss loss = (tape, batch) => Loss(model, tape, (SequencePairBatch)batch);
    new Trainer(model, loss, optimizer, options).Fit(Batches(train, true), Batches(validation, false), run.EpochLines(), run.Stop);
    run.StopIfAsked();

    model.Evaluate();
    DecodingOptions decoding = new() { StartToken = writing.Start!.Value, EndToken = writing.End!.Value, MaximumLength = MaximumLength };
    BeamSearchOptions beam = new() { Width = 4, LengthPenalty = 0.6 };
    run.Record("exact match", Share(test, Translate(model, reading, writing, test, predictor => TokenDecoder.Greedy(predictor, decoding))));
    run.StopClock();
    string[] searched = Translate(model, reading, writing, test, predictor => [.. BeamSearch.Run(predictor, decoding, beam).Select(rows => rows[0])]);
    run.Record("exact match, beam of 4", Share(test, searched));
    run.Keep("attention.svg", Map(model, reading, writing, test[0].From, searched[0]));
});

static EncoderDecoder Build(Device device, int sourceLetters, int targetLetters, RandomSource random)
{
    Recurrent reading = new(device, Cells.Gru(), new RecurrentOptions { InputSize = EmbeddingSize, HiddenSize = EncoderSize, Bidirectional = true }, random);
    Recurrent writing = new(
        device, Cells.Gru(), new RecurrentOptions { InputSize = EmbeddingSize + (2 * EncoderSize), HiddenSize = DecoderSize }, random);
    Attention attention = new(device, new AttentionOptions { QuerySize = DecoderSize, ValueSize = 2 * EncoderSize, AttentionSize = 64 }, random);
    BahdanauDecoder decoder = new(writing, attention, EmbeddingSize, FeatureSize, random);
    Encoder encoder = new(new Embedding(device, sourceLetters, EmbeddingSize, random), reading);
    return new EncoderDecoder(
        encoder, new Embedding(device, targetLetters, EmbeddingSize, random), decoder, new Dense(device, FeatureSize, targetLetters, random), random);
}

static Tensor Loss(EncoderDecoder model, Tape tape, SequencePairBatch batch)
{
    Tensor source = tape.Input(batch.Inputs, batch.InputShape);
    Tensor before = tape.Input(batch.TargetInputs, batch.TargetMask.TimeSteps, batch.TargetMask.BatchSize);
    return Losses.SoftmaxCrossEntropy(tape, model.Forward(tape, source, batch.Mask, before, batch.TargetMask).Logits, batch.Classes);
}

static string[] Translate(
    EncoderDecoder model, Vocabulary reading, Vocabulary writing, (string From, string To)[] pairs, Func<ITokenPredictor, DecodedSequence[]> search)
{
    List<string> translations = [];
    foreach ((string From, string To)[] part in pairs.Chunk(500))
    {
        (float[] source, SequenceMask mask) = Pad([.. part.Select(pair => reading.Encode(Letters(pair.From)))]);
        using EncoderDecoderPredictor predictor = new(model, writing.Count, source, [mask.TimeSteps, mask.BatchSize], mask);
        translations.AddRange(search(predictor).Select(row => string.Concat(writing.Decode(row.Tokens))));
    }

    return [.. translations];
}

static (float[] Source, SequenceMask Mask) Pad(int[][] rows)
{
    int[] lengths = Array.ConvertAll(rows, row => row.Length);
    float[] source = new float[lengths.Max() * rows.Length];
    for (int i = 0; i < rows.Length; i++)
    {
        for (int step = 0; step < lengths[i]; step++)
        {
            source[(step * rows.Length) + i] = rows[i][step];
        }
    }

    return (source, SequenceMask.FromLengths(lengths.Max(), lengths));
}

// What was read for each letter that was written.
static string Map(EncoderDecoder model, Vocabulary reading, Vocabulary writing, string from, string written)
{
    using Tape tape = Tape.Inference(model.Device);
    float[] read = Array.ConvertAll(reading.Encode(Letters(from)), token => (float)token);
    float[] before = [writing.Start!.Value, .. writing.Encode(Letters(written)).Select(token => (float)token)];
    float[] weights = model.Forward(tape, tape.Input(read, read.Length, 1), null, tape.Input(before, before.Length, 1)).Weights!.ToArray();
    float[][] rows = [.. weights.Chunk(read.Length)];
    return MatrixChart.Attention($"what the decoder reads in \"{from}\"", [.. Letters(from)], [.. Letters(written), "(end)"], rows);
}

static double Share((string From, string To)[] pairs, string[] translations)
{
    return pairs.Zip(translations).Count(pair => pair.First.To == pair.Second) / (double)pairs.Length;
}

static IEnumerable<string> Letters(string text) => text.Select(letter => letter.ToString());

static (string From, string To)[] Read(SampleRun run, string part)
{
    (string From, string To)[] pairs = [.. File.ReadLines(run.DataPath($"{Folder}{part}.tsv")).Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1]))];
    return run.IsQuick ? pairs[..Math.Min(128, pairs.Length)] : pairs;
}

static (string From, string To)[] Generate(SampleRun run, int purpose, int count)
{
    RandomSource random = new(run.Stream(10 + purpose));
    return [.. Enumerable.Range(0, count).Select(_ =>
    {
        (int year, int month, int day) = (1980 + random.NextInt(60), 1 + random.NextInt(12), 1 + random.NextInt(28));
        return (FormattableString.Invariant($"{day}.{month}.{year}"), FormattableString.Invariant($"{year}-{month:00}-{day:00}"));
    })];
}
