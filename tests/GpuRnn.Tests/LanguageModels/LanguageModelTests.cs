using GpuRnn.Data;
using GpuRnn.Decoding;
using GpuRnn.Devices;
using GpuRnn.LanguageModels;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.LanguageModels;

public sealed class LanguageModelTests : IDisposable
{
    private static readonly string[] s_corpus = ["a b", "a c", "a b b"];
    private readonly Device _device = TestDevice.Open();
    private readonly TextEncoder _encoder = new(new SpaceTokeniser(), Vocabulary.FromCorpus(["a", "b", "c"]));

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Counted_IsTheFormulaOfWittenAndBell()
    {
        CountedNgramModel model = new(_encoder, 2, s_corpus);

        // 10 symbols: a 3, b 3, c 1, end 3, 4 different ones; V = 7. After "a": b 2, c 1, 2 different ones.
        double end = (3.0 + (4.0 / 7.0)) / 14.0;
        double b = (3.0 + (4.0 / 7.0)) / 14.0;
        double afterStart = (3.0 + (1.0 * ((3.0 + (4.0 / 7.0)) / 14.0))) / 4.0;
        double bAfterA = (2.0 + (2.0 * b)) / 5.0;
        double endAfterB = (2.0 + (2.0 * end)) / 5.0;
        Assert.Equal(Math.Log(afterStart) + Math.Log(bAfterA) + Math.Log(endAfterB), model.Score("a b"), 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Counted_OfAnyContext_SumsToOne(int order)
    {
        CountedNgramModel model = new(_encoder, order, s_corpus);

        foreach (int[] context in (int[][])[[], [4], [4, 5], [6, 6], [1]])
        {
            Assert.Equal(1.0, model.NextLogProbabilities(context).Sum(Math.Exp), 12);
        }
    }

    [Fact]
    public void Counted_KnowsItsCorpusBetterThanItsReverse()
    {
        CountedNgramModel model = new(_encoder, 3, s_corpus);

        Assert.True(model.Perplexity(s_corpus) < model.Perplexity(["b a", "c a"]));
        Assert.Contains("no sentence", Assert.Throws<ArgumentException>(() => model.Perplexity([])).Message);
    }

    [Fact]
    public void Neural_ScoresAreThoseOfTheTrainingLoss_HoweverTheyAreBatched()
    {
        using Layer layer = RecurrentLayer();
        NeuralLanguageModel model = new(layer, _encoder, batchSize: 2);
        string[] sentences = ["a b c", "", "b", "c c a b a"];
        double[] together = model.Score(sentences);
        double[] alone = [.. sentences.Select(model.Score)];
        using Tape tape = Tape.Inference(_device);
        Batch batch = model.Batches(sentences, new SequenceBatchOptions { BatchSize = 4, Shuffle = false }).GetBatch(0);
        layer.Evaluate();
        double loss = Losses.SoftmaxCrossEntropy(tape, layer.Forward(tape, tape.Input(batch.Inputs, batch.InputShape), batch.Mask), batch).Item();

        ElementwiseClose(alone, together);
        Assert.Equal(13, sentences.Sum(sentence => _encoder.Encode(sentence).Length + 1));
        Assert.Equal(-loss * 13.0, together.Sum(), 4);
        Assert.Equal(Math.Exp(loss), model.Perplexity(sentences), 4);
        Assert.Equal(1.0, model.NextLogProbabilities([4, 5]).Sum(Math.Exp), 5);
    }

    [Fact]
    public void Neural_Scoring_LeavesTheModeAndTheRandomStreamAlone()
    {
        using Layer layer = RecurrentLayer();
        NeuralLanguageModel model = new(layer, _encoder);
        layer.Train();

        Assert.Equal(model.Score("a b"), model.Score("a b"));
        Assert.True(layer.IsTraining);
    }

    [Fact]
    public void Neural_OfAStatefulLayer_ScoresFromZeros_AndPutsBackWhatItCarried()
    {
        using Layer plain = RecurrentLayer();
        using Layer stateful = RecurrentLayer(isStateful: true);
        string[] sentences = ["a b c", "b", "c c a"];
        float[] Next(bool scores)
        {
            NeuralLanguageModel model = new(stateful, _encoder, batchSize: 2);
            using Tape tape = Tape.Inference(_device);
            stateful.Evaluate();
            stateful.ResetState();
            stateful.Forward(tape, tape.Input([4, 5, 6], 1, 3));
            tape.Reset();
            if (scores)
            {
                ElementwiseClose(new NeuralLanguageModel(plain, _encoder, batchSize: 2).Score(sentences), model.Score(sentences));
                Assert.Equal(new NeuralLanguageModel(plain, _encoder).NextLogProbabilities([4]), model.NextLogProbabilities([4]));
            }

            return stateful.Forward(tape, tape.Input([4, 5, 6], 1, 3)).ToArray();
        }

        Assert.Equal(Next(scores: false), Next(scores: true));
    }

    [Theory]
    [InlineData(true, "reads in both directions")]
    [InlineData(false, "takes [B, T, I]")]
    public void Neural_OfALayerThatCannotWrite_IsRefused(bool isBidirectional, string reason)
    {
        RandomSource random = new(1);
        RecurrentOptions options = new() { InputSize = 6, HiddenSize = 4, Bidirectional = isBidirectional, BatchFirst = !isBidirectional };
        using Sequential layer = new(
            new Embedding(_device, 7, 6, random), new Recurrent(_device, Cells.Lstm, options, random), new Dense(_device, isBidirectional ? 8 : 4, 7, random));

        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new NeuralLanguageModel(layer, _encoder)).Message);
    }

    [Fact]
    public void Generate_ObeysItsSeed_AndLearnsTheCorpus()
    {
        using NgramNetwork network = new(
            _device, new NgramNetworkOptions { VocabularySize = 7, Order = 3, StartIndex = 2, EmbeddingSize = 8, HiddenSize = 16 }, new RandomSource(1));
        NeuralLanguageModel model = new(network, _encoder);
        using Adam optimizer = new(network.Parameters, 0.03f);
        Trainer trainer = new(network, optimizer, new TrainerOptions { Epochs = 60, Loss = Losses.SoftmaxCrossEntropy });
        trainer.Fit(model.Batches(["a b c"], new SequenceBatchOptions { BatchSize = 1 }));

        SamplingOptions cold = new() { Temperature = 0.5 };
        Assert.Equal("a b c", model.Generate(new RandomSource(3), maximumLength: 10, cold));
        Assert.Equal("a", model.Generate(new RandomSource(3), maximumLength: 1, cold));
        Assert.True(model.Perplexity(["a b c"]) < 1.1);
        Assert.Contains(
            "Temperature is 0", Assert.Throws<ArgumentOutOfRangeException>(() => model.Generate(new RandomSource(1), 5, new SamplingOptions { Temperature = 0.0 })).Message);
    }

    [Fact]
    public void NgramNetwork_SeesItsContextAlone()
    {
        using NgramNetwork network = new(_device, new NgramNetworkOptions { VocabularySize = 7, Order = 3, StartIndex = 2 }, new RandomSource(1));
        using Tape tape = Tape.Inference(_device);
        float[] first = network.Forward(tape, tape.Input([0, 1, 4, 5], 4, 1)).ToArray();
        float[] second = network.Forward(tape, tape.Input([6, 6, 4, 5], 4, 1)).ToArray();

        Assert.Equal(["embedding.weight", "hidden.weight", "hidden.bias", "output.weight", "output.bias"], network.Parameters.Select(one => one.Name));
        Assert.Equal(first[21..], second[21..]);
        Assert.NotEqual(first[14..21], second[14..21]);
    }

    [Fact]
    public void Requests_ThatCannotBeMet_AreRefused()
    {
        TextEncoder bare = new(new SpaceTokeniser(), new Vocabulary(["a"], SpecialSymbols.PaddingAndUnknown));
        Assert.Contains("lacks a start or an end symbol", Assert.Throws<ArgumentException>(() => new CountedNgramModel(bare, 2, [])).Message);
        Assert.Contains("order is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new CountedNgramModel(_encoder, 0, [])).Message);
        NgramNetworkOptions options = new() { VocabularySize = 3, Order = 1, StartIndex = 0 };
        Assert.Contains("Order is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new NgramNetwork(_device, options, new RandomSource(1))).Message);
        using OneHot narrow = new(_device, 6);
        Assert.Contains(
            "the layer gave [2, 1, 6] for tokens [T=2, B=1], but logits [2, 1, 7] are needed",
            Assert.Throws<ShapeException>(() => new NeuralLanguageModel(narrow, _encoder).Score("a")).Message);
        Assert.True(narrow.IsTraining);
        using Tape tape = Tape.Inference(_device);
        using AroundEachStep around = new(_device);
        Assert.Contains("[2, 1, 4]", Assert.Throws<ShapeException>(() => around.Forward(tape, tape.Input(new float[8], 2, 1, 4))).Message);
        using ContextWindow window = new(_device, 2, 0);
        Assert.Contains("[2, 1, 1]", Assert.Throws<ShapeException>(() => window.Forward(tape, tape.Input(new float[2], 2, 1, 1))).Message);
    }

    private static void ElementwiseClose(double[] expected, double[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 5);
        }
    }

    private Sequential RecurrentLayer(bool isStateful = false)
    {
        RandomSource random = new(5);
        return new Sequential(
            new Embedding(_device, 7, 6, random),
            new Dropout(_device, 0.5f, random),
            new Recurrent(_device, Cells.Lstm, new RecurrentOptions { InputSize = 6, HiddenSize = 8, IsStateful = isStateful }, random),
            new Dense(_device, 8, 7, random));
    }
}
