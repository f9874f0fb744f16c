#:project GpuRnn.Samples/GpuRnn.Samples.csproj

// A language model of characters: the next character of Shakespeare's plays, in nats a character on the last tenth of the text. The
// model of the peer (embedding 64, one LSTM of 256 units, 50 parallel streams of the text in pieces of 50 steps, state carried from
// piece to piece), with dropout before the output and a learning rate that falls along half a cosine. Then it writes.
using System.Text;
using GpuRnn.Data;
using GpuRnn.Decoding;
using GpuRnn.Layers;
using GpuRnn.Samples;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const string DataFile = "charlm/tinyshakespeare.txt";
const string Loss = "validation loss, nats a character";
const int EmbeddingSize = 64;
const int Streams = 50;
const int TimeSteps = 50;
const int Epochs = 7;
const float LearningRate = 0.004f;
const float DropProbability = 0.1f;
const float ClipNorm = 5.0f;

SampleInformation information = new(
    "shakespeare",
    "the next character of tinyshakespeare, LSTM of 256 units with its state carried",
    [new SampleFigure(Loss, Peer: 1.520) { AtMost = 1.52 }])
{
    DataFiles = [DataFile],
    StandIn = "6,000 characters of sentences from a grammar of a dozen words",
    PeerTime = "600 s",
};

return Sample.Run(args, information, run =>
{
    string text = run.HasData ? File.ReadAllText(run.DataPath(DataFile)) : Generate(new RandomSource(run.Stream(1)), 6000);
    CharacterTokeniser characters = new();
    string[] symbols = [.. characters.Split(text)];
    int trainEnd = symbols.Length * 9 / 10;
    Vocabulary vocabulary = Vocabulary.FromCorpus(symbols, new VocabularyOptions { Specials = SpecialSymbols.None });
    TextBatchSource train = new(vocabulary.Encode(symbols[..trainEnd]), run.IsQuick ? 10 : Streams, TimeSteps);
    TextBatchSource validation = new(vocabulary.Encode(symbols[trainEnd..]), run.IsQuick ? 2 : Streams, TimeSteps);

    int hiddenSize = run.IsQuick ? 16 : 256;
    RandomSource random = new(run.Stream(2));
    using Embedding embedding = new(run.Device, vocabulary.Count, EmbeddingSize, random);
    using Recurrent lstm = new(run.Device, Cells.Lstm, new RecurrentOptions { InputSize = EmbeddingSize, HiddenSize = hiddenSize }, random);
    using Dropout dropout = new(run.Device, DropProbability, random);
    using Dense output = new(run.Device, hiddenSize, vocabulary.Count, random);
    Parameter[] parameters = [.. embedding.Parameters, .. lstm.Parameters, .. output.Parameters];
    using Adam optimizer = new(parameters, LearningRate);
    int epochs = run.IsQuick ? 2 : Epochs;
    Cosine schedule = new(LearningRate, epochs, minimum: LearningRate / 50.0f);
    using Tape tape = new(run.Device);
    using Tape inference = Tape.Inference(run.Device);

    // One pass over a source with the state carried along; the loss of every piece goes to the step, where there is one.
    double Pass(TextBatchSource source, Tape onTape, Action<Tensor>? learn)
    {
        RecurrentState? state = null;
        double sum = 0.0;
        for (int i = 0; i < source.BatchCount; i++)
        {
            run.StopIfAsked();
            Batch batch = source.GetBatch(i);
            RecurrentResult result = lstm.Forward(onTape, embedding.Forward(onTape, onTape.Input(batch.Inputs, batch.InputShape)), state);
            Tensor loss = Losses.SoftmaxCrossEntropy(onTape, output.Forward(onTape, dropout.Forward(onTape, result.Output)), batch);
            learn?.Invoke(loss);
            sum += loss.Item() * batch.LossWeight!.Value;
            state = result.State.Detach(state);
            onTape.Reset();
        }

        state?.Dispose();
        return sum / source.PredictionCount;
    }

    double validationLoss = double.PositiveInfinity;
    for (int epoch = 1; epoch <= epochs; epoch++)
    {
        optimizer.LearningRate = schedule.LearningRate;
        dropout.Train();
        double trainLoss = Pass(train, tape, loss =>
        {
            optimizer.ZeroGradients();
            tape.Backward(loss);
            GradientClipping.ByGlobalNorm(parameters, ClipNorm);
            optimizer.Step();
        });
        dropout.Evaluate();
        validationLoss = Pass(validation, inference, learn: null);
        schedule.EndEpoch(validationLoss);
        run.Say($"epoch {epoch} of {epochs}: {trainLoss:F4} on the training text, {validationLoss:F4} on the rest");
    }

    run.Record(Loss, validationLoss);
    run.StopClock();
    run.Say("the model writes:\n" + Write(run.IsQuick ? 40 : 600));

    // Draws one character after the other, each from what the model expects after those before it.
    string Write(int length)
    {
        RandomSource draws = new(run.Stream(3));
        TokenSampler sampler = new(new SamplingOptions());
        Array.ForEach((Module[])[embedding, lstm, output], module => module.Evaluate());
        using LanguageModelPredictor predictor = new(embedding, lstm, output, vocabulary.Count, rowCount: 1);
        StringBuilder written = new();
        float[] logits = new float[vocabulary.Count];
        int token = vocabulary.NumberOf("\n");
        for (int i = 0; i < length; i++)
        {
            predictor.Predict([token], logits);
            token = sampler.Draw(logits, draws);
            written.Append(vocabulary[token]);
        }

        return written.ToString();
    }
});

static string Generate(RandomSource random, int length)
{
    string[] who = ["the king", "a fool", "the queen", "my lord"];
    string[] does = ["loves", "fears", "mocks"];
    StringBuilder text = new();
    while (text.Length < length)
    {
        text.Append($"{who[random.NextInt(4)]} {does[random.NextInt(3)]} {who[random.NextInt(4)]}.\n");
    }

    return text.ToString(0, length);
}
