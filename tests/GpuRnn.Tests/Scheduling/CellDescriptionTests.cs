using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Training;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The list of cells: what each entry makes, and what it refuses.</summary>
public sealed class CellDescriptionTests : IDisposable
{
    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose() => _device.Dispose();

    [Fact]
    public void All_HoldsEveryFormOfEveryCell_EachWithItsOwnName()
    {
        Assert.Equal(Cells.Descriptions.Sum(description => description.Forms.Count()), Cells.All.Count);
        Assert.Equal(Cells.All.Count, Cells.All.Select(cell => cell.Name).Distinct().Count());
        Assert.All(Cells.Descriptions, description => Assert.Equal(description.Name, description.Forms.First().Name));
    }

    [Fact]
    public void Options_OfOneName_AreOneObject() => Assert.All(
        Cells.Descriptions.SelectMany(description => description.Options).GroupBy(option => option.Name), same => Assert.Single(same.Distinct()));

    [Fact]
    public void Defaults_AreValuesThatTheOptionTakes() => Assert.All(
        Cells.Descriptions.SelectMany(description => description.Options).Where(option => option.Default is not null),
        option => Assert.True(option.Allows(option.Default!), option.Name));

    [Theory]
    [InlineData("gru", "forget-bias", "1", "Cell \"gru\", forget-bias: '1' arrived for gru, but only lstm")]
    [InlineData("gru", "forget-bais", "1", "Cell \"gru\", forget-bais: '1' arrived for gru, but no cell has such an option. Leave it out.")]
    [InlineData("elman", "activation", "tan", "Cell \"elman\", activation: 'tan' arrived, but one of tanh, relu, sigmoid, leaky-relu, identity is needed. Correct it, or leave it out.")]
    [InlineData("lstm", "forget-bias", "NaN", "Cell \"lstm\", forget-bias: 'NaN' arrived, but a number is needed. Correct it, or leave it out.")]
    public void Create_OptionThatDoesNotFit_SaysWhy(string cell, string option, string value, string expected)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Cells.Create(cell, CellOptionValues.None.With(option, value)));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryCell_HasAPageWithItsOptionsAndAnExample() => Assert.All(Cells.Descriptions, cell =>
    {
        string page = File.ReadAllText(Path.Combine(RepositoryFolder.Root, "docs", "cells", cell.Name + ".md"));

        Assert.Contains($"\ngpurnn forecast --cell {cell.Name} ", page, StringComparison.Ordinal);
        Assert.Contains("**Source.**", page, StringComparison.Ordinal);
        Assert.Contains("**When.**", page, StringComparison.Ordinal);
        Assert.All(cell.Options, option => Assert.Contains($"`--{option.Name}", page, StringComparison.Ordinal));
    });

    [Fact]
    public void Describe_UnknownName_ListsTheKinds()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Cells.Describe("lstn"));

        Assert.StartsWith("Cells.Describe: \"lstn\" arrived, but the cells are elman, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IdentityStart_SetsTheRecurrentWeightAndBiases_AndNothingElse()
    {
        using Recurrent usual = Layer("elman", CellOptionValues.None);
        using Recurrent irnn = Layer("elman", CellOptionValues.None.With("recurrent-start", "identity"));

        Assert.Equal(usual.Parameters[0].Value.ToArray(), irnn.Parameters[0].Value.ToArray());
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1], irnn.Parameters[1].Value.ToArray());
        Assert.All(irnn.Parameters.Skip(2).Take(2), bias => Assert.Equal([0, 0, 0], bias.Value.ToArray()));
        Assert.Equal(usual.Parameters[4].Value.ToArray(), irnn.Parameters[4].Value.ToArray());
    }

    [Fact]
    public void ForgetBias_OfEveryCellThatHasIt_StartsOneBlockOfTheBiases()
    {
        CellDescription[] cells = [.. Cells.Descriptions.Where(cell => cell.Options.Any(option => option.Name == "forget-bias"))];
        Assert.NotEmpty(cells);
        Assert.All(cells, cell =>
        {
            using Recurrent usual = Layer(cell.Name, CellOptionValues.None);
            using Recurrent layer = Layer(cell.Name, CellOptionValues.None.With("forget-bias", 2.5));
            for (int i = 0; i < layer.Parameters.Count; i++)
            {
                (float Usual, float Now)[] changed = [.. usual.Parameters[i].Value.ToArray()
                    .Zip(layer.Parameters[i].Value.ToArray())
                    .Where(pair => pair.First != pair.Second)];
                bool isBias = layer.Parameters[i].Name.StartsWith("bias_", StringComparison.Ordinal);
                float start = layer.Parameters[i].Name.StartsWith("bias_ih", StringComparison.Ordinal) ? 2.5f : 0.0f;
                Assert.Equal(isBias ? 3 : 0, changed.Length);
                Assert.All(changed, pair => Assert.Equal(start, pair.Now));
            }
        });
    }

    [Fact]
    public void LeakRate_Fixed_IsChangedByNoOptimizer_AndLearnedByAll()
    {
        foreach (string name in Optimizers.Names)
        {
            (float[] kept, bool isReached) = RateAfterAStep(name, CellOptionValues.None);
            Assert.True(isReached);
            Assert.Equal([0.3f, 0.3f, 0.3f], kept);
            (float[] learned, bool hasGradient) = RateAfterAStep(name, CellOptionValues.None.With("leak", "learned"));
            Assert.True(hasGradient);
            Assert.All(learned, value => Assert.NotEqual(MathF.Log(0.3f / 0.7f), value));
        }
    }

    [Fact]
    public void LeakRate_IsSavedAndLoadedWithTheWeights()
    {
        string folder = Directory.CreateTempSubdirectory("gpurnn").FullName;
        try
        {
            string path = Path.Combine(folder, "model.safetensors");
            using Recurrent saved = Layer("leaky", CellOptionValues.None.With("leak-rate", 0.8));
            saved.Save(path);
            using Recurrent loaded = Layer("leaky", CellOptionValues.None);
            loaded.Load(path);
            Assert.Equal([0.8f, 0.8f, 0.8f], Rate(loaded).Value.ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void LeakRate_LearnedFromOne_IsRefused()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new LeakyCell(1.0f, isLearned: true));

        Assert.StartsWith("LeakyCell: the learned rate is 1, but a number above 0 and below 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IndependentWeight_StartsBetweenZeroAndOne()
    {
        using Recurrent layer = new(
            _device, Cells.Parse("indrnn"), new RecurrentOptions { InputSize = 2, HiddenSize = 400 }, new RandomSource(1));
        float[] start = layer.Parameters.Single(parameter => parameter.Name == "weight_hh_l0").Value.ToArray();

        Assert.All(start, value => Assert.InRange(value, 0.0f, 1.0f));
        Assert.InRange(start.Average(), 0.45f, 0.55f);
        Assert.True(start.Min() < 0.05f && start.Max() > 0.95f);
    }

    private static Parameter Rate(Recurrent layer) => layer.Parameters.Single(parameter => parameter.Name == "leak_rate_l0");

    private (float[] Rate, bool HasGradient) RateAfterAStep(string optimizerName, CellOptionValues options)
    {
        using Recurrent layer = Layer("leaky", options);
        using Optimizer optimizer = Optimizers.Create(optimizerName, layer.Parameters, 0.1f);
        using Tape tape = new(_device);
        Tensor output = layer.Forward(tape, tape.Input([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2)).Output;
        optimizer.ZeroGradients();
        tape.Backward(Sum.Forward(tape, output));
        bool hasGradient = Array.TrueForAll(Rate(layer).Gradient.ToArray(), value => value != 0);
        optimizer.Step();
        optimizer.ZeroGradients();
        Assert.All(Rate(layer).Gradient.ToArray(), value => Assert.Equal(0.0f, value));
        return (Rate(layer).Value.ToArray(), hasGradient);
    }

    private Recurrent Layer(string cell, CellOptionValues options) => new(
        _device,
        Cells.Create(cell, options),
        new RecurrentOptions { InputSize = 2, HiddenSize = 3, LayerCount = 2 },
        new RandomSource(1));
}
