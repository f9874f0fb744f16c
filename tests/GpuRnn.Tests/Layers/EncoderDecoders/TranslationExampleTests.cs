using GpuRnn.Decoding;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Layers.EncoderDecoders;

/// <summary>The examples of docs/models: attention, an encoder and a decoder, and what writes with them.</summary>
public sealed class TranslationExampleTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Attention_ReadsFromTheStepsThatAreThere()
    {
        Device device = _device;
        float[] encoded = TestDevice.Values(4 * 2 * 6, 1);
        float[] asked = TestDevice.Values(3 * 2 * 5, 2);

        // <example:Attention>
        using Attention attention = new(device, new AttentionOptions { Score = AttentionScore.General, QuerySize = 5, ValueSize = 6 }, new RandomSource(1));
        using Tape tape = new(device);
        Tensor values = tape.Input(encoded, 4, 2, 6);                 // [S, B, K]: 4 steps of 2 sequences
        Tensor queries = tape.Input(asked, 3, 2, 5);                  // [T, B, Q]: 3 queries of each
        SequenceMask mask = SequenceMask.FromLengths(4, 4, 2);        // the second sequence has 2 steps
        AttentionResult read = attention.Forward(tape, queries, values, mask);
        float[] weights = read.Weights.ToArray();                     // [T, B, S]: for a heat map
        // </example:Attention>

        Assert.Equal([3, 2, 6], read.Context.Shape.ToArray());
        Assert.Equal(0.0f, weights[6]);
        Assert.Equal(1.0f, weights[4] + weights[5], 1e-6f);
    }

    [Fact]
    public void EncoderDecoder_LearnsToWriteBackwards()
    {
        Device device = _device;
        RandomSource data = new(5);
        int[][] sources = [.. Enumerable.Range(0, 64).Select(_ => Enumerable.Range(0, 3).Select(_ => 2 + data.NextInt(4)).ToArray())];
        int[][] targets = [.. sources.Select(source => source.Reverse().ToArray())];

        // <example:EncoderDecoder>
        const int Words = 6;                                          // 0 starts a sentence, 1 ends it
        RandomSource random = new(1);
        Recurrent reader = new(device, Cells.Gru(), new RecurrentOptions { InputSize = 8, HiddenSize = 16, Bidirectional = true }, random);
        Recurrent writer = new(device, Cells.Lstm, new RecurrentOptions { InputSize = 8, HiddenSize = 16 }, random);
        Attention attention = new(device, new AttentionOptions { Score = AttentionScore.General, QuerySize = 16, ValueSize = 32 }, random);
        LuongDecoder decoder = new(writer, attention, inputSize: 8, featureSize: 16, random);
        Encoder encoder = new(new Embedding(device, Words, 8, random), reader);
        using EncoderDecoder model = new(encoder, new Embedding(device, Words, 8, random), decoder, new Dense(device, 16, Words, random), random);

        SequencePairBatchSource pairs = new(sources, targets, startToken: 0, endToken: 1, new SequenceBatchOptions { BatchSize = 16, BatchesPerBucket = 4 });
        using Adam optimizer = new(model.Parameters, learningRate: 0.02f);
        BatchLoss loss = (tape, batch) =>
        {
            SequencePairBatch pair = (SequencePairBatch)batch;
            Tensor source = tape.Input(pair.Inputs, pair.InputShape);
            Tensor before = tape.Input(pair.TargetInputs, pair.TargetMask.TimeSteps, pair.TargetMask.BatchSize);
            return Losses.SoftmaxCrossEntropy(tape, model.Forward(tape, source, pair.Mask, before, pair.TargetMask).Logits, pair.Classes);
        };
        TrainingResult result = new Trainer(model, loss, optimizer, new TrainerOptions { Epochs = 12, ClipNorm = 1.0f }).Fit(pairs);
        // </example:EncoderDecoder>

        Assert.True(result.Epochs[^1].TrainLoss < 0.7 * result.Epochs[0].TrainLoss, $"{result.Epochs[0].TrainLoss} to {result.Epochs[^1].TrainLoss}");

        // <example:Decoding>
        model.Evaluate();
        DecodingOptions options = new() { StartToken = 0, EndToken = 1, MaximumLength = 10 };
        float[] sentences = [2, 3, 4, 5, 5, 2];                       // [S=3, B=2]: "2 4 5" and "3 5 2"
        using EncoderDecoderPredictor greedy = new(model, Words, sentences, [3, 2]);
        DecodedSequence[] likeliest = TokenDecoder.Greedy(greedy, options);

        using EncoderDecoderPredictor wide = new(model, Words, sentences, [3, 2]);
        DecodedSequence[][] best = BeamSearch.Run(wide, options, new BeamSearchOptions { Width = 4, LengthPenalty = 0.6, ResultCount = 2 });

        using EncoderDecoderPredictor random4 = new(model, Words, sentences, [3, 2]);
        DecodedSequence[] drawn = TokenDecoder.Sample(
            random4, options, new SamplingOptions { Temperature = 0.8, TopP = 0.9 }, new RandomSource(7));
        // </example:Decoding>

        Assert.Equal((2, 2, 2, 2), (likeliest.Length, best.Length, best[0].Length, drawn.Length));
        Assert.True(best[0][0].Score >= best[0][1].Score);
    }

    [Fact]
    public void Decoders_InEveryForm_LearnByScheduledSampling()
    {
        Device device = _device;
        RandomSource data = new(5);
        int[][] sources = [.. Enumerable.Range(0, 32).Select(_ => Enumerable.Range(0, 2).Select(_ => 2 + data.NextInt(4)).ToArray())];
        SequencePairBatchSource pairs = new(sources, sources, startToken: 0, endToken: 1, new SequenceBatchOptions { BatchSize = 16 });
        const int Words = 6;
        List<TrainingResult> results = [];

        // <example:Decoders>
        RandomSource random = new(1);
        Recurrent Writer(int inputSize) => new(device, Cells.Gru(), new RecurrentOptions { InputSize = inputSize, HiddenSize = 16 }, random);
        Attention Reading() => new(device, new AttentionOptions { Score = AttentionScore.Dot, QuerySize = 16, ValueSize = 16 }, random);
        Decoder[] decoders =
        [
            new PlainDecoder(Writer(8), inputSize: 8),                                                       // the source as first state
            new PlainDecoder(Writer(8 + 16), inputSize: 8, contextSize: 16),                                 // and at every step
            new LuongDecoder(Writer(8), Reading(), inputSize: 8, featureSize: 16, random),                   // attention behind the layer
            new LuongDecoder(Writer(8 + 16), Reading(), inputSize: 8, featureSize: 16, random, feedsInput: true),
            new BahdanauDecoder(Writer(8 + 16), Reading(), inputSize: 8, featureSize: 16, random),           // attention before it
        ];
        foreach (Decoder decoder in decoders)
        {
            Encoder encoder = new(new Embedding(device, Words, 8, random), Writer(8));
            using EncoderDecoder model = new(encoder, new Embedding(device, Words, 8, random), decoder, new Dense(device, 16, Words, random), random);
            using Adam optimizer = new(model.Parameters, learningRate: 0.02f);
            RandomSource coins = new(2);
            BatchLoss loss = (tape, batch) =>
            {
                SequencePairBatch pair = (SequencePairBatch)batch;
                Tensor source = tape.Input(pair.Inputs, pair.InputShape);
                Tensor before = tape.Input(pair.TargetInputs, pair.TargetMask.TimeSteps, pair.TargetMask.BatchSize);
                double trueShare = 20.0 / (20.0 + Math.Exp(optimizer.StepCount / 20.0)); // falls from step to step
                return Losses.SoftmaxCrossEntropy(tape, model.ForwardSampled(tape, source, pair.Mask, before, trueShare, coins).Logits, pair.Classes);
            };
            TrainerOptions options = new() { Epochs = 12, ClipNorm = 1.0f, RandomSources = [coins] };  // so that a resumed run throws the same coins
            results.Add(new Trainer(model, loss, optimizer, options).Fit(pairs));
        }
        // </example:Decoders>

        Assert.Equal(5, results.Count);
        Assert.All(results, result => Assert.True(
            result.Epochs[^1].TrainLoss < 0.7 * result.Epochs[0].TrainLoss, $"{result.Epochs[0].TrainLoss} to {result.Epochs[^1].TrainLoss}"));
    }
}
