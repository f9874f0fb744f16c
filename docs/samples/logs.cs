#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Which sessions of a file system's log are abnormal? A model of normal HDFS sessions alone says which events may come next; a session
// with an event that is not among the g likeliest is reported (Du et al. 2017, DeepLog). The first event, which has none before it, is
// not judged; that a session ends is an event like others, so that one cut short is noticed. No abnormal session is seen before the test:
// sizes and epochs were chosen by the alarms on a tenth of the normal sessions. That the end counts was chosen by four parts of them, each
// judged by a model of the three others: 22 alarms for 6,096 sessions instead of 21, and of the same sessions cut anywhere 90 % noticed
// instead of 0.2 %, of those with an event left out 16 % instead of 8 %. The model of the table is trained on all of them.
using GpuRnn.Data;
using GpuRnn.LanguageModels;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string TrainFile = "logs/hdfs100k_train.tsv";
const string TestFile = "logs/hdfs100k_test.tsv";
const string Figure = "test F1 at g = 3";
const int Likeliest = 3;
const int EmbeddingSize = 16;
const int HiddenSize = 64;
const int BatchSize = 64;
const int Epochs = 10;
const float LearningRate = 0.003f;
const float DropProbability = 0.3f;

SampleInformation information = new(
    "logs",
    "abnormal sessions of HDFS logs, next-event LSTM of 64 units, one of the 3 likeliest events or an alarm",
    [
        new SampleFigure(Figure, Peer: 0.480) { AtLeast = 0.45 },
        new SampleFigure("test precision", Peer: 1.000),
        new SampleFigure("test recall", Peer: 0.316),
    ])
{
    DataFiles = [TrainFile, TestFile],
    StandIn = "200 sessions of a loop of four events, every tenth test session with two of them exchanged",
};

return Sample.Run(args, information, run =>
{
    (string[] Events, bool IsAbnormal)[] known = run.HasData ? [.. Read(run.DataPath(TrainFile))] : Generate(new RandomSource(run.Stream(1)), 100, 0);
    (string[] Events, bool IsAbnormal)[] test = run.HasData ? [.. Read(run.DataPath(TestFile))] : Generate(new RandomSource(run.Stream(2)), 100, 10);
    TextEncoder encoder = new(new SpaceTokeniser(), Vocabulary.FromCorpus(known.SelectMany(session => session.Events)));
    int symbols = encoder.Vocabulary.Count;
    run.Say($"{known.Length} normal sessions, {test.Length} to judge, {symbols - 4} kinds of events");

    RandomSource random = new(run.Stream(4));
    int hiddenSize = run.IsQuick ? 8 : HiddenSize;
    using Sequential model = new(
        new Embedding(run.Device, symbols, EmbeddingSize, random),
        new Recurrent(run.Device, Cells.Lstm, new RecurrentOptions { InputSize = EmbeddingSize, HiddenSize = hiddenSize }, random),
        new Dropout(run.Device, DropProbability, random),
        new Dense(run.Device, hiddenSize, symbols, random));
    NeuralLanguageModel language = new(model, encoder);
    using Adam optimizer = new(model.Parameters, LearningRate);
    TrainerOptions options = new()
    {
        Epochs = run.IsQuick ? 2 : Epochs,
        ClipNorm = 5.0f,
        Loss = Losses.SoftmaxCrossEntropy,
        Schedule = new Cosine(LearningRate, Epochs),
        Seed = run.Stream(5),
    };
    SequenceBatchSource batches = language.Batches(
        known.Select(session => string.Join(' ', session.Events)), new SequenceBatchOptions { BatchSize = BatchSize, BatchesPerBucket = 20 });
    new Trainer(model, optimizer, options).Fit(batches, progress: run.EpochLines(), cancellation: run.Stop);
    run.StopIfAsked();

    bool[] alarms = [.. test.Select(session => IsAlarm(model, encoder.Vocabulary, session.Events))];
    int right = alarms.Where((alarm, i) => alarm && test[i].IsAbnormal).Count();
    double precision = right / (double)Math.Max(1, alarms.Count(alarm => alarm));
    double recall = right / (double)Math.Max(1, test.Count(session => session.IsAbnormal));
    run.Record(Figure, right == 0 ? 0.0 : 2.0 * precision * recall / (precision + recall));
    run.Record("test precision", precision);
    run.Record("test recall", recall);
});

// True where an event behind the first, or the end, is not among the likeliest after those before it. One that was never seen is none of them.
static bool IsAlarm(Sequential model, Vocabulary vocabulary, string[] events)
{
    model.Evaluate();
    using Tape tape = Tape.Inference(model.Device);
    int[] tokens = [.. vocabulary.Encode(events), vocabulary.End!.Value];
    float[] inputs = [vocabulary.Start!.Value, .. tokens[..^1].Select(token => (float)token)];
    float[] logits = model.Forward(tape, tape.Input(inputs, tokens.Length, 1)).ToArray();
    for (int step = 1; step < tokens.Length; step++)
    {
        float[] own = logits[(step * vocabulary.Count)..((step + 1) * vocabulary.Count)];
        if (tokens[step] == vocabulary.Unknown || own.Count(logit => logit > own[tokens[step]]) >= Likeliest)
        {
            return true;
        }
    }

    return false;
}

// Lines such as "0<tab>1 2 2 3": 1 for an abnormal session, then the numbers of its events.
static IEnumerable<(string[] Events, bool IsAbnormal)> Read(string path)
{
    CsvOptions tabs = new() { Separator = '\t', Quote = null, HasHeader = false };
    return CsvFile.ReadRows(path, tabs).Select(row => (row[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), row[0] == "1"));
}

static (string[] Events, bool IsAbnormal)[] Generate(RandomSource random, int count, int everyAbnormal)
{
    return
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            string[] events = [.. Enumerable.Range(0, 8 + random.NextInt(4)).Select(step => "abcd"[step % 4].ToString())];
            bool isAbnormal = everyAbnormal > 0 && i % everyAbnormal == 0;
            (events[4], events[6]) = isAbnormal ? (events[6], events[4]) : (events[4], events[6]);
            return (events, isAbnormal);
        }),
    ];
}
