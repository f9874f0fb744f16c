#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// Which sessions of a machine are attacks? Generated sequences of events, into some of which the pattern of an attack or of malware is
// planted: its steps in order, with ordinary events between them. Ordinary sessions get the very same steps in a wrong order, so that
// counting events tells nothing; a model that only counts shows it.
using GpuRnn.Data;
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using Tanh = GpuRnn.Tensors.Operations.Tanh;
using GpuRnn.Training;

const string Accuracy = "test accuracy";
const string Counting = "test accuracy of a model that counts events";
const int EmbeddingSize = 16;
const int HiddenSize = 64;
const int Epochs = 25;
const int Patience = 5;
const float LearningRate = 0.004f;
string[] ordinary = ["read", "write", "open", "close", "send", "receive", "sleep", "query", "print", "move"];
(string Name, string[] Steps)[] attacks =
[
    ("brute force", ["fail", "fail", "fail", "login", "elevate"]),
    ("exfiltration", ["login", "list", "archive", "connect", "upload"]),
    ("ransomware", ["download", "execute", "list", "encrypt", "remove"]),
    ("backdoor", ["connect", "download", "install", "hide", "listen"]),
];

SampleInformation information = new(
    "attacks",
    "attacks and malware in generated sequences of events, LSTM of 64 units over 5 classes",
    [new SampleFigure(Accuracy) { AtLeast = 0.95 }, new SampleFigure(Counting), new SampleFigure("test false alarms, share of ordinary sessions")])
{
    StandIn = "generated in any case",
};

return Sample.Run(args, information, run =>
{
    int scale = run.IsQuick ? 1 : 40;
    (string[] Events, int Class)[] train = [.. Sessions(new RandomSource(run.Stream(1)), 100 * scale)];
    (string[] Events, int Class)[] validation = [.. Sessions(new RandomSource(run.Stream(2)), 20 * scale)];
    (string[] Events, int Class)[] test = [.. Sessions(new RandomSource(run.Stream(3)), 40 * scale)];
    Vocabulary vocabulary = Vocabulary.FromCorpus(
        train.SelectMany(session => session.Events), new VocabularyOptions { Specials = SpecialSymbols.PaddingAndUnknown });
    RandomSource random = new(run.Stream(4));
    int classes = attacks.Length + 1;
    using Sequential lstm = new(
        new Embedding(run.Device, vocabulary.Count, EmbeddingSize, random, vocabulary.Padding),
        new Recurrent(run.Device, Cells.Lstm, new RecurrentOptions { InputSize = EmbeddingSize, HiddenSize = HiddenSize }, random),
        new LastStep(run.Device),
        new Dense(run.Device, HiddenSize, classes, random));
    using Sequential counting = new(
        new OneHot(run.Device, vocabulary.Count),
        new MeanOverTime(run.Device),
        new Dense(run.Device, vocabulary.Count, HiddenSize, random),
        new Apply(run.Device, Tanh.Forward),
        new Dense(run.Device, HiddenSize, classes, random));

    ConfusionMatrix Learn(Sequential model, int purpose)
    {
        using Adam optimizer = new(model.Parameters, LearningRate);
        TrainerOptions options = new()
        {
            Epochs = run.IsQuick ? 1 : Epochs,
            ClipNorm = 1.0f,
            Loss = Losses.SoftmaxCrossEntropy,
            EarlyStopping = new EarlyStopping(Patience),
            Seed = run.Stream(purpose),
        };
        new Trainer(model, optimizer, options).Fit(Batches(train, true), Batches(validation, false), run.EpochLines(), run.Stop);
        run.StopIfAsked();
        return ConfusionMatrix.Of(model, Batches(test, false), classes);
    }

    SequenceBatchSource Batches((string[] Events, int Class)[] sessions, bool shuffle) => SequenceBatchSource.ForClasses(
        [.. sessions.Select(session => vocabulary.Encode(session.Events))],
        [.. sessions.Select(session => session.Class)],
        new SequenceBatchOptions { BatchSize = 50, Shuffle = shuffle });

    ConfusionMatrix said = Learn(lstm, 5);
    run.Record(Accuracy, said.Accuracy);
    run.Record(Counting, Learn(counting, 6).Accuracy);
    run.Record("test false alarms, share of ordinary sessions", 1.0 - said.Recall(0));
});

// Half of the sessions hold an attack of each kind in turn, the other half the same steps in an order that is none.
IEnumerable<(string[] Events, int Class)> Sessions(RandomSource random, int count)
{
    for (int i = 0; i < count; i++)
    {
        int kind = random.NextInt(attacks.Length);
        bool isAttack = i % 2 == 0;
        string[] steps = [.. attacks[kind].Steps];
        while (!isAttack && steps.SequenceEqual(attacks[kind].Steps))
        {
            random.Shuffle(steps.AsSpan());
        }

        List<string> events = [.. Enumerable.Range(0, 20 + random.NextInt(20)).Select(_ => ordinary[random.NextInt(ordinary.Length)])];
        int[] places = [.. Enumerable.Range(0, steps.Length).Select(_ => random.NextInt(events.Count + 1)).Order()];
        for (int step = steps.Length - 1; step >= 0; step--)
        {
            events.Insert(places[step], steps[step]);
        }

        yield return ([.. events], isAttack ? kind + 1 : 0);
    }
}
