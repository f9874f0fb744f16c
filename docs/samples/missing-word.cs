#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Which word is missing? Every word of English captions (Multi30k) in turn is hidden and named from both sides: by a forward LSTM that
// has read up to it and a reverse one that has read down to it. Beside it a model of counts that knows one word on either side.
using GpuRnn.Data;
using GpuRnn.LanguageModels;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string TrainFile = "translation-multi30k/train.en.gz";
const string ValidationFile = "translation-multi30k/val.en.gz";
const string TestFile = "translation-multi30k/test_2016_flickr.en.gz";
const string Accuracy = "test accuracy over all words";
const string Counting = "test accuracy of counts of both neighbours";
const int EmbeddingSize = 128;
const int HiddenSize = 128;
const int BatchSize = 64;
const int Epochs = 5;
const int MinimumCount = 5;
const float LearningRate = 0.002f;
const float Deviation = 0.1f;
const float DropProbability = 0.3f;

SampleInformation information = new(
    "missing-word",
    "the missing word of a caption from both sides, bidirectional LSTM of 2 x 128 units",
    [new SampleFigure(Accuracy), new SampleFigure("test share among the 5 likeliest"), new SampleFigure(Counting)])
{
    DataFiles = [TrainFile, ValidationFile, TestFile],
    StandIn = "150 sentences such as \"two dogs play in the park\" from a grammar of a dozen words",
};

return Sample.Run(args, information, run =>
{
    SpaceTokeniser spaces = new();
    string[][][] parts = run.HasData
        ? [.. new[] { TrainFile, ValidationFile, TestFile }.Select(file => DataFile.ReadLines(run.DataPath(file)).Select(line => spaces.Split(line).ToArray()).Where(words => words.Length > 0).ToArray())]
        : [.. Enumerable.Range(1, 3).Select(part => Generate(new RandomSource(run.Stream(part)), 50))];
    Vocabulary vocabulary = Vocabulary.FromCorpus(
        parts[0].SelectMany(words => words), new VocabularyOptions { MinimumCount = run.IsQuick ? 1 : MinimumCount });
    run.Say($"{parts[0].Length} sentences, {vocabulary.Count} words");

    RandomSource random = new(run.Stream(4));
    int hiddenSize = run.IsQuick ? 8 : HiddenSize;
    using Sequential model = new(
        new Embedding(run.Device, vocabulary.Count, EmbeddingSize, random, vocabulary.Padding, Deviation),
        new Recurrent(run.Device, Cells.Lstm, new RecurrentOptions { InputSize = EmbeddingSize, HiddenSize = hiddenSize, Bidirectional = true }, random),
        new AroundEachStep(run.Device),
        new Dropout(run.Device, DropProbability, random),
        new Dense(run.Device, 2 * hiddenSize, vocabulary.Count, random));
    using Adam optimizer = new(model.Parameters, LearningRate);
    TrainerOptions options = new()
    {
        Epochs = run.IsQuick ? 1 : Epochs,
        ClipNorm = 5.0f,
        Loss = (tape, logits, batch) => Losses.SoftmaxCrossEntropy(tape, logits, Hidden(batch)),
        EarlyStopping = new EarlyStopping(patience: 1),
        Seed = run.Stream(5),
    };
    new Trainer(model, optimizer, options).Fit(Batches(parts[0], vocabulary, true), Batches(parts[1], vocabulary, false), run.EpochLines(), run.Stop);
    run.StopIfAsked();

    (double first, double five) = Judge(run, model, Batches(parts[2], vocabulary, false), vocabulary);
    run.Record(Accuracy, first);
    run.Record("test share among the 5 likeliest", five);
    run.Record(Counting, Count(parts[0], parts[2], vocabulary));
});

// Sentences between a start and an end symbol; what is to be named are the words between. A word outside the vocabulary is not asked for in training.
static SequenceBatchSource Batches(string[][] sentences, Vocabulary vocabulary, bool shuffle)
{
    return SequenceBatchSource.ForStepClasses(
        [.. sentences.Select(words => (int[])[vocabulary.Start!.Value, .. vocabulary.Encode(words), vocabulary.End!.Value])],
        [.. sentences.Select(words => (int[])
        [
            Losses.DefaultIgnoreIndex,
            .. words.Select(word => vocabulary.Contains(word) ? vocabulary.NumberOf(word) : Losses.DefaultIgnoreIndex),
            Losses.DefaultIgnoreIndex,
        ])],
        new SequenceBatchOptions { BatchSize = BatchSize, Shuffle = shuffle, BatchesPerBucket = 40 });
}

// The classes of the steps that AroundEachStep leaves: all but the first and the last.
static int[] Hidden(Batch batch)
{
    return batch.Classes[batch.SequenceCount..^batch.SequenceCount];
}

// The share of words that are named first, and among five. A word outside the vocabulary counts as missed.
static (double First, double Five) Judge(SampleRun run, Sequential model, SequenceBatchSource source, Vocabulary vocabulary)
{
    model.Evaluate();
    using Tape tape = Tape.Inference(model.Device);
    (int asked, int first, int five, int shown) = (0, 0, 0, 0);
    for (int i = 0; i < source.BatchCount; i++)
    {
        run.StopIfAsked();
        Batch batch = source.GetBatch(i);
        int[] classes = Hidden(batch);
        float[] logits = model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape), batch.Mask).ToArray();
        tape.Reset();
        for (int row = 0; row < batch.SequenceCount; row++)
        {
            int length = batch.Mask!.Lengths[row] - 2;
            asked += length;
            for (int step = 0; step < length; step++)
            {
                int place = (step * batch.SequenceCount) + row;
                ReadOnlySpan<float> own = logits.AsSpan(place * vocabulary.Count, vocabulary.Count);
                int rank = classes[place] < 0 ? int.MaxValue : Rank(own, classes[place]);
                first += rank == 0 ? 1 : 0;
                five += rank < 5 ? 1 : 0;
                if (row == 0 && step == length / 2 && shown++ < 3)
                {
                    int hidden = step;
                    string[] words = [.. Enumerable.Range(1, length).Select(k => vocabulary[(int)batch.Inputs[k * batch.SequenceCount]])];
                    run.Say($"{string.Join(' ', words.Select((word, k) => k == hidden ? "___" : word))}: {vocabulary[LogProbabilities.Largest(own)]} (it was {words[hidden]})");
                }
            }
        }
    }

    return ((double)first / asked, (double)five / asked);
}

static int Rank(ReadOnlySpan<float> logits, int one)
{
    int better = 0;
    foreach (float logit in logits)
    {
        better += logit > logits[one] ? 1 : 0;
    }

    return better;
}

// The word that stood most often between the same neighbours, else behind the same word, else the most frequent of all.
static double Count(string[][] train, string[][] test, Vocabulary vocabulary)
{
    Dictionary<(int, int), Dictionary<int, int>> counts = [];
    foreach (string[] sentence in train)
    {
        int[] tokens = [vocabulary.Start!.Value, .. vocabulary.Encode(sentence), vocabulary.End!.Value];
        for (int i = 1; i < tokens.Length - 1; i++)
        {
            foreach ((int, int) key in ((int, int)[])[(tokens[i - 1], tokens[i + 1]), (tokens[i - 1], -1), (-1, -1)])
            {
                if (!counts.TryGetValue(key, out Dictionary<int, int>? own))
                {
                    counts[key] = own = [];
                }

                own[tokens[i]] = own.GetValueOrDefault(tokens[i]) + (tokens[i] == vocabulary.Unknown ? 0 : 1);
            }
        }
    }

    Dictionary<(int, int), int> best = counts.ToDictionary(entry => entry.Key, entry => entry.Value.MaxBy(one => one.Value).Key);
    (int asked, int right) = (0, 0);
    foreach (string[] sentence in test)
    {
        int[] tokens = [vocabulary.Start!.Value, .. vocabulary.Encode(sentence), vocabulary.End!.Value];
        for (int i = 1; i < tokens.Length - 1; i++)
        {
            int said = best.TryGetValue((tokens[i - 1], tokens[i + 1]), out int both) ? both
                : best.TryGetValue((tokens[i - 1], -1), out int before) ? before
                : best[(-1, -1)];
            asked++;
            right += said == tokens[i] && said != vocabulary.Unknown ? 1 : 0;
        }
    }

    return (double)right / asked;
}

static string[][] Generate(RandomSource random, int count)
{
    string[][] choices = [["two", "three", "some"], ["dogs", "men", "girls"], ["play", "run", "sit"], ["in"], ["the"], ["park", "street"]];
    return [.. Enumerable.Range(0, count).Select(_ => choices.Select(words => words[random.NextInt(words.Length)]).ToArray())];
}
