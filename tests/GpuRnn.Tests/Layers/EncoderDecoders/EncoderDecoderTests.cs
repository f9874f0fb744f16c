using GpuRnn.Decoding;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers.EncoderDecoders;

public sealed class EncoderDecoderTests : IDisposable
{
    private const int V = TinyTranslation.VocabularySize;

    // [S, B] and [T, B] of three sentences.
    private static readonly float[] s_source = [1, 2, 3, 4, 5, 6, 1, 0, 2, 3, 0, 0];
    private static readonly int[] s_lengths = [4, 2, 3];
    private static readonly float[] s_tokens = [0, 0, 0, 3, 1, 5, 2, 2, 6];

    // A product of few rows sums in another order than one of many.
    private static readonly ToleranceSpec s_tolerance = Tolerances.Single(20, 8, 4.0);
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> Forms => [.. TinyTranslation.Forms];

    private static SequenceMask Mask => SequenceMask.FromLengths(4, s_lengths);

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Predictor_FedTheTrueTokens_ScoresWhatTheWholePassScores_AlsoWhenRowsAreExchanged(string form)
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, form);
        model.Evaluate();
        using Tape tape = Tape.Inference(_device);
        double[] expected = Array.ConvertAll(
            model.Forward(tape, tape.Input(s_source, 4, 3), Mask, tape.Input(s_tokens, 3, 3)).Logits.ToArray(), value => (double)value);
        using EncoderDecoderPredictor predictor = new(model, V, s_source, [4, 3], Mask);
        int[] order = [0, 1, 2];
        int[][] selections = [[2, 0, 0, 1], [3, 1]];
        for (int t = 0; t < 3; t++)
        {
            float[] logits = new float[order.Length * V];
            predictor.Predict([.. order.Select(row => (int)s_tokens[(t * 3) + row])], logits);
            double[] rows = [.. order.SelectMany(row => expected[(((t * 3) + row) * V)..(((t * 3) + row + 1) * V)])];
            ElementwiseAssert.Close(rows, logits, s_tolerance, $"logits of step {t}", order.Length, V);
            if (t < selections.Length)
            {
                predictor.Select(selections[t]);
                order = [.. selections[t].Select(row => order[row])];
            }
        }
    }

    [Theory]
    [InlineData("feeding")]
    [InlineData("bahdanau")]
    public void Decode_WithAMask_ByADecoderThatGoesStepByStep_IsRefused(string form)
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, form);
        using Tape tape = Tape.Inference(_device);
        DecoderState state = model.Encode(tape, tape.Input(s_source, 4, 3), Mask);
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => model.Decode(tape, tape.Input(s_tokens, 3, 3), state, SequenceMask.FromLengths(3, 3, 1, 2)));
        Assert.Contains("goes on behind the last step", refusal.Message);
    }

    [Fact]
    public void Decoders_ThatGoStepByStep_RefuseAMaskOfAWholeSequence()
    {
        RandomSource random = new(1);
        RecurrentOptions options = new() { InputSize = 6, HiddenSize = 4, Step = new StepOptions { RecurrentDropout = 0.5f } };
        using Recurrent recurrent = new(_device, Cells.Lstm, options, random);
        using Attention attention = new(_device, new AttentionOptions { Score = AttentionScore.Dot, QuerySize = 4, ValueSize = 4 }, random);
        Assert.Contains("RecurrentDropout 0.5", Assert.Throws<ArgumentException>(() => new BahdanauDecoder(recurrent, attention, 2, 3, random)).Message);
        Assert.Contains("RecurrentDropout 0.5", Assert.Throws<ArgumentException>(() => new LuongDecoder(recurrent, attention, 2, 4, random, feedsInput: true)).Message);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ForwardSampled_OfTrueTokensAlone_IsForward_WithTheSameGradients(string form)
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, form);
        (float[] expected, float[][] expectedGradients) = Run(model, tape =>
            model.Forward(tape, tape.Input(s_source, 4, 3), Mask, tape.Input(s_tokens, 3, 3)).Logits);
        (float[] actual, float[][] gradients) = Run(model, tape =>
            model.ForwardSampled(tape, tape.Input(s_source, 4, 3), Mask, tape.Input(s_tokens, 3, 3), 1.0, new RandomSource(1)).Logits);

        ElementwiseAssert.Close(expected, actual, s_tolerance, "logits");
        for (int i = 0; i < gradients.Length; i++)
        {
            ElementwiseAssert.Close(expectedGradients[i], gradients[i], s_tolerance, $"gradient of {model.Parameters[i].Name}");
        }
    }

    [Fact]
    public void ForwardSampled_ObeysItsSeed_AndSeesOtherTokensThanTheTrueOnes()
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, "luong");
        float[] Logits(double share, ulong seed) => Run(model, tape =>
            model.ForwardSampled(tape, tape.Input(s_source, 4, 3), Mask, tape.Input(s_tokens, 3, 3), share, new RandomSource(seed)).Logits).Result;

        Assert.Equal(Logits(0.5, 1), Logits(0.5, 1));
        Assert.NotEqual(Logits(0.0, 1), Logits(0.0, 2));
        Assert.NotEqual(Logits(0.0, 1), Logits(1.0, 1));
        Assert.Equal(Logits(0.0, 1)[..(3 * V)], Logits(1.0, 1)[..(3 * V)]);
        Assert.Contains("trueShare is 1.5", Assert.Throws<ArgumentOutOfRangeException>(() => Logits(1.5, 1)).Message);
    }

    [Fact]
    public void Draws_FollowTheLogitsOfTheirRow_OrAreTheGivenToken()
    {
        float[] logits = new float[3 * 4];
        (logits[2], logits[4], logits[11]) = (99.0f, 99.0f, 99.0f);
        using Tensor scores = Tensor.FromArray(_device, logits, 1, 3, 4);
        float[] next = new float[3];

        ScheduledSampling.Draw(scores, [1.0f, 2.0f, 0.0f], next, 0.0, new RandomSource(1));
        Assert.Equal([2.0f, 0.0f, 3.0f], next);
        ScheduledSampling.Draw(scores, [1.0f, 2.0f, 0.0f], next, 1.0, new RandomSource(1));
        Assert.Equal([1.0f, 2.0f, 0.0f], next);
    }

    [Fact]
    public void Padding_OfTheSource_DecidesNothing()
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, "bahdanau");
        float[] other = [.. s_source];
        (other[7], other[10]) = (6, 4);
        float[] Logits(float[] source) => Run(model, tape => model.Forward(tape, tape.Input(source, 4, 3), Mask, tape.Input(s_tokens, 3, 3)).Logits).Result;
        Assert.Equal(Logits(s_source), Logits(other));
    }

    [Theory]
    [InlineData("feeding")]
    [InlineData("bahdanau")]
    public void Passes_OfASeenShape_AllocateNothingOnTheDevice(string form)
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, form);
        using Tape tape = new(_device);
        using Tensor upstream = Tensor.FromArray(_device, TestDevice.Values(3 * 3 * V, 5), 3, 3, V);
        long[] bytes = new long[4];
        for (int pass = 0; pass < bytes.Length; pass++)
        {
            Tensor logits = model.Forward(tape, tape.Input(s_source, 4, 3), Mask, tape.Input(s_tokens, 3, 3)).Logits;
            tape.Backward(logits, upstream);
            tape.Reset();
            bytes[pass] = _device.AllocatedBytes;
        }

        Assert.Equal(bytes[1], bytes[3]);
    }

    [Fact]
    public void Names_OfParameters_SayTheirPart()
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, "luong");
        Assert.Equal(
            [
                "encoder.embedding.weight", "encoder.recurrent.weight_ih_l0", "bridge.h_l0.weight", "bridge.c_l0.bias", "embedding.weight", "decoder.recurrent.weight_hh_l0",
                "decoder.attention.weight", "decoder.combine.weight", "output.bias",
            ],
            model.Parameters.Select(parameter => parameter.Name).Where(name =>
                !name.Contains("reverse", StringComparison.Ordinal) && !name.Contains("bias_", StringComparison.Ordinal)
                && name is not ("encoder.recurrent.weight_hh_l0" or "decoder.recurrent.weight_ih_l0" or "bridge.h_l0.bias" or "bridge.c_l0.weight" or "output.weight")));
    }

    [Fact]
    public void Parts_ThatDoNotFit_AreRefused()
    {
        RandomSource random = new(1);
        Recurrent Layer(int inputSize, bool bidirectional = false, bool batchFirst = false) => new(
            _device, Cells.Gru(), new RecurrentOptions { InputSize = inputSize, HiddenSize = 4, Bidirectional = bidirectional, BatchFirst = batchFirst }, random);
        Attention attention = new(_device, new AttentionOptions { QuerySize = 5, ValueSize = 2 }, random);
        Assert.Contains("InputSize 3, but a token's vector and the context make 5", Refusal(() => new PlainDecoder(Layer(3), 3, 2)));
        Assert.Contains("both directions", Refusal(() => new PlainDecoder(Layer(3, bidirectional: true), 3)));
        Assert.Contains("[B, T, ·]", Refusal(() => new PlainDecoder(Layer(3, batchFirst: true), 3)));
        Assert.Contains("QuerySize 5", Refusal(() => new LuongDecoder(Layer(3), attention, 3, 2, random)));
        Assert.Contains("make 5", Refusal(() => new BahdanauDecoder(Layer(3), attention, 3, 2, random)));
        using CpuDevice other = TestDevice.Open();
        Assert.Contains("recurrent is on", Refusal(() => new Encoder(new Embedding(other, 3, 3, random), Layer(3))));
    }

    [Fact]
    public void Inputs_ThatDoNotFit_AreRefused()
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, "context");
        using Tape tape = new(_device);
        Tensor source = tape.Input(s_source, 4, 3);
        Assert.Contains("[T ≥ 1, B=3, E=3]", Assert.Throws<ShapeException>(() => model.Forward(tape, source, Mask, tape.Input(new float[2], 1, 2))).Message);
        Assert.Contains("[T=4, B=3", Assert.Throws<ShapeException>(() => model.Forward(tape, tape.Input(s_source, 3, 4), Mask, tape.Input(s_tokens, 3, 3))).Message);
        Assert.Contains("training mode", Assert.Throws<InvalidOperationException>(() => new EncoderDecoderPredictor(model, V, s_source, [4, 3])).Message);
        model.Evaluate();
        using EncoderDecoderPredictor predictor = new(model, V, s_source, [4, 3], Mask);
        Assert.Contains("2 tokens", Assert.Throws<ArgumentException>(() => predictor.Predict([0, 0], new float[3 * V])).Message);
        Assert.Contains("row 3", Assert.Throws<ArgumentOutOfRangeException>(() => predictor.Select([3])).Message);
        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => predictor.Select([])).Message);
    }

    private static string Refusal(Action build)
    {
        return Assert.Throws<ArgumentException>(build).Message;
    }

    private (float[] Result, float[][] Gradients) Run(EncoderDecoder model, Func<Tape, Tensor> forward)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Gradient.Clear();
        }

        using Tape tape = new(_device);
        Tensor result = forward(tape);
        float[] values = result.ToArray();
        using Tensor upstream = Tensor.FromArray(_device, TestDevice.Values(values.Length, 5), [.. result.Shape]);
        tape.Backward(result, upstream);
        return (values, [.. model.Parameters.Select(parameter => parameter.Gradient.ToArray())]);
    }
}
