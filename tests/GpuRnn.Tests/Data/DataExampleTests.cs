using GpuRnn.Data;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.Weights;
using GpuRnn.Training;

namespace GpuRnn.Tests.Data;

/// <summary>The examples of docs/data.</summary>
public sealed class DataExampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
    }

    [Fact]
    public void Text_ClassifiedByAModel_Learns()
    {
        using Device device = TestDevice.Open();
        (string Text, int Class)[] reviews = [("A fine film.", 1), ("Dull, dull!", 0), ("Fine!", 1), ("A dull film, a very dull one.", 0)];

        // <example:Text>
        WordTokeniser words = new();
        Vocabulary vocabulary = Vocabulary.FromCorpus(
            reviews.SelectMany(review => words.Split(review.Text)),
            new VocabularyOptions { MinimumCount = 1, Specials = SpecialSymbols.PaddingAndUnknown });
        TextEncoder encoder = new(words, vocabulary);
        SequenceBatchSource train = SequenceBatchSource.ForClasses(
            [.. reviews.Select(review => encoder.Encode(review.Text))],
            [.. reviews.Select(review => review.Class)],
            new SequenceBatchOptions { BatchSize = 2, BatchesPerBucket = 8 });

        RandomSource random = new(seed: 1);
        using Sequential model = new(
            new Embedding(device, vocabulary.Count, embeddingSize: 8, random, vocabulary.Padding),
            new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = 8, HiddenSize = 8 }, random),
            new LastStep(device),
            new Dense(device, inputSize: 8, outputSize: 2, random));
        using Adam optimizer = new(model.Parameters, learningRate: 0.02f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 40, Loss = Losses.SoftmaxCrossEntropy });
        TrainingResult result = trainer.Fit(train);
        // </example:Text>

        Assert.True(result.Epochs[^1].TrainLoss < 0.1, $"loss {result.Epochs[^1].TrainLoss}");
    }

    [Fact]
    public void Series_FromAFile_IsCutIntoWindows()
    {
        string path = _folder.FilePath("prices.csv");
        File.WriteAllText(path, "day,open,close\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{i % 7},{i % 5}\n")));

        // <example:Series>
        double[] values = [.. CsvFile.ReadRows(path).SelectMany(row => new[] { row.GetNumber("open"), row.GetNumber("close") })];
        int steps = values.Length / 2;
        int trainEnd = steps * 8 / 10;
        SeriesScaler scaler = SeriesScaler.Standard(values.AsSpan(0, trainEnd * 2), columns: 2);
        SeriesWindowOptions options = new() { Window = 6, TargetColumns = [1] };
        IBatchSource train = SeriesWindows.Cut(values, scaler, options, start: 6, end: trainEnd).ToBatches(batchSize: 16);
        IBatchSource test = SeriesWindows.Cut(values, scaler, options, start: trainEnd, end: steps).ToBatches(batchSize: 16, shuffle: false);
        // </example:Series>

        Assert.Equal(2, train.BatchCount);
        Assert.Equal([6, 8, 2], test.GetBatch(0).InputShape);
    }

    [Fact]
    public void LongStreams_OfFiles_TrainAStatefulModel()
    {
        using Device device = TestDevice.Open();
        string[] paths = [_folder.FilePath("first.txt"), _folder.FilePath("second.txt")];
        File.WriteAllLines(paths[0], Enumerable.Repeat("abcabcabc", 40));
        File.WriteAllLines(paths[1], Enumerable.Repeat("cbacba", 55));

        // <example:LongStreams>
        CharacterTokeniser characters = new();
        Vocabulary vocabulary = Vocabulary.FromCorpus(paths.SelectMany(path => DataFile.ReadLines(path)).SelectMany(line => characters.Split(line + "\n")));
        TextEncoder encoder = new(characters, vocabulary);
        IEnumerable<int> Tokens(string path) => DataFile.ReadLines(path).SelectMany(line => encoder.Encode(line + "\n"));
        using ContinuedStreamBatchSource train = new([.. paths.Select(path => ContinuedStreamBatchSource.NextTokens(Tokens(path)))], timeSteps: 20);

        RandomSource random = new(seed: 1);
        using Sequential model = new(
            new OneHot(device, vocabulary.Count),
            new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = vocabulary.Count, HiddenSize = 16, IsStateful = true }, random),
            new Dense(device, inputSize: 16, outputSize: vocabulary.Count, random));
        using Adam optimizer = new(model.Parameters, learningRate: 0.02f);
        TrainingResult result = new Trainer(model, optimizer, new TrainerOptions { Epochs = 6, Loss = Losses.SoftmaxCrossEntropy }).Fit(train);
        // </example:LongStreams>

        Assert.Equal(20, train.BatchCount);
        Assert.True(result.Epochs[^1].TrainLoss < 0.3, $"loss {result.Epochs[^1].TrainLoss}");
    }

    [Fact]
    public void Stream_OfALongFile_IsServedInBatches()
    {
        string path = _folder.FilePath("events.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, 100).Select(i => $"{{\"events\": [{i % 3}, {i % 4}], \"label\": {i % 2}}}"));

        // <example:Stream>
        IEnumerable<SequenceExample> stream = JsonLinesFile.Read(path).Select(line =>
            SequenceExample.FromTokens([.. line.GetNumbers("events").Select(number => (int)number)]).WithClasses((int)line.GetNumber("label")));
        using StreamBatchSource train = new(stream, PredictionForm.Sequence, batchSize: 32, shuffleBuffer: 50);
        // </example:Stream>

        train.StartEpoch(new RandomSource(1));
        Assert.Equal(4, train.BatchCount);
        Assert.Equal([2, 4], train.GetBatch(3).InputShape);
    }
}
