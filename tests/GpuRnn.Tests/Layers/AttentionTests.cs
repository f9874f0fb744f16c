using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

public sealed class AttentionTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> Cases => [.. VectorFile.CaseNames("attention")];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attention_MatchesPyTorchInContextWeightsAndGradients(string name)
    {
        VectorCase vector = VectorFile.Load("attention").Cases[name];
        using Attention attention = new(_device, Options(vector), new RandomSource(1));
        foreach (Parameter parameter in attention.Parameters)
        {
            parameter.Value.CopyFrom(vector.Singles("parameter/" + parameter.Name));
        }

        using Tape tape = new(_device);
        using Tensor queries = Tensor.FromArray(_device, vector.Singles("queries"), vector.Shape("queries")).TrackGradient();
        using Tensor values = Tensor.FromArray(_device, vector.Singles("values"), vector.Shape("values")).TrackGradient();
        using Tensor upstream = Tensor.FromArray(_device, vector.Singles("upstream"), vector.Shape("upstream"));
        SequenceMask mask = SequenceMask.FromLengths(values.Shape[0], vector.Integers("lengths"));
        AttentionResult result = attention.Forward(tape, queries, values, mask);
        ToleranceSpec tolerance = Tolerances.Single(40, 4, 4.0);
        ElementwiseAssert.Close(vector.Doubles("weights"), result.Weights.ToArray(), tolerance, "weights", vector.Shape("weights"));
        ElementwiseAssert.Close(vector.Doubles("context"), result.Context.ToArray(), tolerance, "context", vector.Shape("context"));

        tape.Backward(result.Context, upstream);
        ElementwiseAssert.Close(vector.Doubles("grad/queries"), queries.Gradient!.ToArray(), tolerance, "gradient of the queries");
        ElementwiseAssert.Close(vector.Doubles("grad/values"), values.Gradient!.ToArray(), tolerance, "gradient of the values");
        foreach (Parameter parameter in attention.Parameters)
        {
            ElementwiseAssert.Close(vector.Doubles("grad/" + parameter.Name), parameter.Gradient.ToArray(), tolerance, $"gradient of {parameter.Name}");
        }
    }

    [Theory]
    [InlineData(AttentionScore.Additive)]
    [InlineData(AttentionScore.General)]
    public void Weights_OfAbsentSteps_AreExactlyZero_AndAnEmptySequenceGivesZeros(AttentionScore score)
    {
        using Attention attention = new(_device, new AttentionOptions { Score = score, QuerySize = 3, ValueSize = 2 }, new RandomSource(1));
        using Tape tape = Tape.Inference(_device);
        Tensor queries = tape.Input(TestDevice.Values(2 * 2 * 3, 1), 2, 2, 3);
        Tensor values = tape.Input(TestDevice.Values(3 * 2 * 2, 2), 3, 2, 2);

        AttentionResult result = attention.Forward(tape, queries, values, SequenceMask.FromLengths(3, 2, 0));

        float[] weights = result.Weights.ToArray();
        Assert.All([weights[2], weights[3], weights[4], weights[5], weights[8], .. weights[9..]], weight => Assert.Equal(0.0f, weight));
        Assert.Equal(1.0f, weights[0] + weights[1], 1e-6f);
        float[] context = result.Context.ToArray();
        Assert.All([context[2], context[3], context[6], context[7]], value => Assert.Equal(0.0f, value));
    }

    [Fact]
    public void Weights_BesideALargeScoreOfAnAbsentStep_AreThoseOfThePresentOnes()
    {
        using Tape tape = Tape.Inference(_device);
        Tensor weights = MaskedSoftmax.Forward(tape, tape.Input([0.0f, 1000.0f, 0.0f], 1, 1, 3), tape.Input([1.0f, 0.0f, 1.0f], 3, 1));

        Assert.Equal([0.5f, 0.0f, 0.5f], weights.ToArray());
    }

    [Fact]
    public void Forward_OfADetachedMemory_GivesTheSameContexts()
    {
        using Attention attention = new(_device, new AttentionOptions { QuerySize = 3, ValueSize = 2 }, new RandomSource(1));
        using Tape tape = Tape.Inference(_device);
        float[] query = TestDevice.Values(2 * 3, 1);
        AttentionMemory memory = attention.Prepare(tape, tape.Input(TestDevice.Values(3 * 2 * 2, 2), 3, 2, 2), SequenceMask.FromLengths(3, 2, 3));
        float[] expected = attention.Forward(tape, tape.Input(query, 1, 2, 3), memory).Context.ToArray();
        using AttentionMemory kept = memory.Detach();
        tape.Reset();

        Assert.Equal(expected, attention.Forward(tape, tape.Input(query, 1, 2, 3), kept).Context.ToArray());
    }

    [Fact]
    public void Dot_OfDifferentSizes_NamesBoth()
    {
        AttentionOptions options = new() { Score = AttentionScore.Dot, QuerySize = 3, ValueSize = 2 };
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Attention(_device, options, new RandomSource(1)));
        Assert.Contains("QuerySize is 3 and ValueSize 2", error.Message);
    }

    [Theory]
    [InlineData(AttentionScore.Additive)]
    [InlineData(AttentionScore.Concat)]
    public void Scale_OfAScoreThatIsNoProduct_IsRefused(AttentionScore score)
    {
        AttentionOptions options = new() { Score = score, IsScaled = true, QuerySize = 3, ValueSize = 3 };
        Assert.Contains($"IsScaled is set and Score is {score}", Assert.Throws<ArgumentException>(() => new Attention(_device, options, new RandomSource(1))).Message);
    }

    /// <summary>Names and shapes of the parameters are the same, so the file must tell.</summary>
    [Fact]
    public void Kind_TellsWhetherScoresAreScaled()
    {
        AttentionOptions options = new() { Score = AttentionScore.General, QuerySize = 3, ValueSize = 3 };
        using Attention plain = new(_device, options, new RandomSource(1));
        using Attention scaled = new(_device, options with { IsScaled = true }, new RandomSource(1));
        Assert.NotEqual(plain.Kind, scaled.Kind);
    }

    [Fact]
    public void Score_ThatDoesNotExist_IsRefused()
    {
        AttentionOptions options = new() { Score = (AttentionScore)9, QuerySize = 3, ValueSize = 2 };
        Assert.Contains("Additive, Dot", Assert.Throws<ArgumentOutOfRangeException>(() => new Attention(_device, options, new RandomSource(1))).Message);
    }

    [Fact]
    public void WrongAxes_AreNamed()
    {
        using Attention attention = new(_device, new AttentionOptions { QuerySize = 3, ValueSize = 2 }, new RandomSource(1));
        using Tape tape = Tape.Inference(_device);
        Tensor values = tape.Input(new float[12], 3, 2, 2);
        Assert.Contains("[S, B, K=2]", Assert.Throws<ShapeException>(() => attention.Prepare(tape, tape.Input(new float[6], 1, 2, 3))).Message);
        Assert.Contains("[T=4, B=2", Assert.Throws<ShapeException>(() => attention.Prepare(tape, values, SequenceMask.FromLengths(4, 1, 2))).Message);
        AttentionMemory memory = attention.Prepare(tape, values);
        Assert.Contains("[T, B=2, Q=3]", Assert.Throws<ShapeException>(() => attention.Forward(tape, tape.Input(new float[6], 2, 1, 3), memory)).Message);
    }

    [Fact]
    public void Operations_OfWrongAxes_NameThem()
    {
        using Tape tape = Tape.Inference(_device);
        Tensor a = tape.Input(new float[12], 2, 2, 3);
        Tensor b = tape.Input(new float[8], 2, 2, 2);
        Assert.Contains("[2, 2, 2]", Assert.Throws<ShapeException>(() => SequenceScores.Forward(tape, a, b)).Message);
        Assert.Contains("[S, B, K]", Assert.Throws<ShapeException>(() => SequenceSums.Forward(tape, a, b)).Message);
        Assert.Contains("[A=3]", Assert.Throws<ShapeException>(() => AdditiveScores.Forward(tape, a, a, tape.Input(new float[2], 2))).Message);
        Assert.Contains("[S, B]", Assert.Throws<ShapeException>(() => MaskedSoftmax.Forward(tape, a, tape.Input(new float[4], 2, 2))).Message);
        Assert.Contains("columns 2 to 4", Assert.Throws<ShapeException>(() => SliceColumns.Forward(tape, a, 2, 3)).Message);
    }

    private static AttentionOptions Options(VectorCase vector)
    {
        return new AttentionOptions
        {
            Score = Enum.Parse<AttentionScore>(vector.Config.GetProperty("score").GetString()!, ignoreCase: true),
            IsScaled = vector.Config.GetProperty("isScaled").GetBoolean(),
            QuerySize = vector.Config.GetProperty("querySize").GetInt32(),
            ValueSize = vector.Config.GetProperty("valueSize").GetInt32(),
            AttentionSize = vector.Config.GetProperty("attentionSize").GetInt32(),
        };
    }
}
