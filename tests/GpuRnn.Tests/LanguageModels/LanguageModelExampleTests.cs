using GpuRnn.Data;
using GpuRnn.Devices;
using GpuRnn.LanguageModels;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.LanguageModels;

/// <summary>The example of docs/models/language-models.md.</summary>
public sealed class LanguageModelExampleTests
{
    [Fact]
    public void Models_ThatHaveLearned_PreferTheirLanguage()
    {
        using Device device = TestDevice.Open();
        string[] sentences = ["the dog barks", "the cat sleeps", "a dog sleeps", "a cat barks"];

        // <example:Score>
        SpaceTokeniser words = new();
        TextEncoder encoder = new(words, Vocabulary.FromCorpus(sentences.SelectMany(words.Split)));
        int symbols = encoder.Vocabulary.Count;

        // Counts, a network over the last two words, and a network with a memory: three models, one form.
        CountedNgramModel counted = new(encoder, order: 3, sentences);
        RandomSource random = new(seed: 1);
        using NgramNetwork ngram = new(
            device, new NgramNetworkOptions { VocabularySize = symbols, Order = 3, StartIndex = encoder.Vocabulary.Start!.Value }, random);
        using Sequential recurrent = new(
            new Embedding(device, symbols, embeddingSize: 16, random),
            new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = 16, HiddenSize = 32 }, random),
            new Dense(device, inputSize: 32, symbols, random));
        foreach (Layer layer in (Layer[])[ngram, recurrent])
        {
            NeuralLanguageModel model = new(layer, encoder);
            using Adam optimizer = new(layer.Parameters, learningRate: 0.01f);
            Trainer trainer = new(layer, optimizer, new TrainerOptions { Epochs = 50, Loss = Losses.SoftmaxCrossEntropy });
            trainer.Fit(model.Batches(sentences, new SequenceBatchOptions { BatchSize = 4 }));
            Console.WriteLine($"perplexity {model.Perplexity(sentences):F2}, log p {model.Score("the dog sleeps"):F2}: {model.Generate(random, 10)}");
        }
        // </example:Score>

        Assert.True(counted.Score("the dog sleeps") > counted.Score("sleeps dog the"));
        Assert.All((Layer[])[ngram, recurrent], layer =>
        {
            NeuralLanguageModel model = new(layer, encoder);
            Assert.True(model.Perplexity(sentences) < 2.5, $"{model.Perplexity(sentences)}");
            Assert.True(model.Score("the dog sleeps") > model.Score("sleeps dog the"));
        });
    }
}
