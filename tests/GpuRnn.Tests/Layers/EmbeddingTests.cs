using System.Text.Json;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Tokens on their way into a model: the table, its gradient, the one-hot form, and what is refused.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> Cases => [.. VectorFile.CaseNames("embedding")];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Embedding_MatchesPyTorchInResultAndGradient(string name)
    {
        VectorCase vector = VectorFile.Load("embedding").Cases[name];
        JsonElement config = vector.Config.GetProperty("paddingIndex");
        int? padding = config.ValueKind == JsonValueKind.Null ? null : config.GetInt32();
        using Embedding layer = new(_device, 7, 4, new RandomSource(1), padding);
        layer.Parameters[0].Value.CopyFrom(vector.Singles("weight"));
        using Tape tape = new(_device);
        Tensor tokens = tape.Input(Array.ConvertAll(vector.Integers("tokens"), token => (float)token), vector.Shape("tokens"));
        Tensor result = layer.Forward(tape, tokens);
        Assert.Equal(vector.Shape("result"), result.Shape.ToArray());
        ElementwiseAssert.SameBits(vector.Singles("result"), result.ToArray(), "result");
        tape.Backward(result, tape.Input(vector.Singles("upstream"), vector.Shape("upstream")));
        ElementwiseAssert.Close(
            vector.Doubles("grad/weight"), layer.Parameters[0].Gradient.ToArray(), Tolerances.Single(5), "gradient", vector.Shape("weight"));
    }

    [Fact]
    public void Embedding_StartsNormal_WithAPaddingOfZeros()
    {
        using Embedding layer = new(_device, 200, 50, new RandomSource(4), paddingIndex: 7);
        using Embedding small = new(_device, 200, 50, new RandomSource(4), deviation: 0.25f);
        float[] table = layer.Parameters[0].Value.ToArray();
        Assert.Equal(table[..350].Select(value => 0.25f * value), small.Parameters[0].Value.ToArray()[..350]);
        Assert.Equal("weight", layer.Parameters[0].Name);
        Assert.All(table[350..400], value => Assert.Equal(0.0f, value));

        // 9,950 draws: four standard errors of the mean and of the mean square.
        double mean = table.Sum(value => (double)value) / 9950.0;
        double square = table.Sum(value => (double)value * value) / 9950.0;
        Assert.InRange(mean, -0.041, 0.041);
        Assert.InRange(square, 1.0 - 0.057, 1.0 + 0.057);
    }

    [Theory]
    [InlineData(5.0f, "token [1, 0] of [2, 2] is 5, but must be a whole number from 0 to 4")]
    [InlineData(-1.0f, "is -1, but")]
    [InlineData(1.5f, "is 1.5, but")]
    [InlineData(float.NaN, "is NaN, but")]
    public void Token_OutsideTheTable_IsRefusedWithItsPlace(float token, string expected)
    {
        using Embedding layer = new(_device, 5, 3, new RandomSource(1));
        using OneHot oneHot = new(_device, 5);
        using Tape tape = new(_device);
        foreach (Layer either in (Layer[])[layer, oneHot])
        {
            ArgumentOutOfRangeException error =
                Assert.Throws<ArgumentOutOfRangeException>(() => either.Forward(tape, tape.Input([0.0f, 4.0f, token, 2.0f], 2, 2)));
            Assert.StartsWith($"{either.GetType().Name}.Forward: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Token_AtAnAbsentStep_IsNotLookedAt_AndGivesZeros()
    {
        using Embedding layer = new(_device, 5, 2, new RandomSource(1));
        using OneHot oneHot = new(_device, 2);
        using Tape tape = new(_device);
        SequenceMask mask = SequenceMask.FromLengths(2, 2, 1);
        float[] table = layer.Parameters[0].Value.ToArray();
        float[] values = [1.0f, 0.0f, 1.0f, 99.0f];
        Assert.Equal(
            [table[2], table[3], table[0], table[1], table[2], table[3], 0.0f, 0.0f], layer.Forward(tape, tape.Input(values, 2, 2), mask).ToArray());
        Assert.Equal([0.0f, 1.0f, 1.0f, 0.0f, 0.0f, 1.0f, 0.0f, 0.0f], oneHot.Forward(tape, tape.Input(values, 2, 2), mask).ToArray());
        Assert.Contains("[T=2, B=2", Assert.Throws<ShapeException>(() => layer.Forward(tape, tape.Input(values, 4), mask)).Message);
    }

    [Fact]
    public void Sizes_OutOfRange_AreRefused()
    {
        RandomSource random = new(1);
        Assert.Contains("vocabularySize is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(_device, 0, 3, random)).Message);
        Assert.Contains("embeddingSize is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(_device, 3, 0, random)).Message);
        Assert.Contains("paddingIndex is 3", Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(_device, 3, 2, random, 3)).Message);
        Assert.Contains("paddingIndex is -1", Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(_device, 3, 2, random, -1)).Message);
        Assert.Contains(
            "deviation is -1", Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(_device, 3, 2, random, deviation: -1.0f)).Message);
        Assert.Contains("vocabularySize is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new OneHot(_device, 0)).Message);
    }
}
