using GpuRnn.Decoding;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Decoding;

public sealed class LanguageModelPredictorTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Predictor_StepByStep_ScoresWhatTheWholePassScores_AlsoWhenRowsAreExchanged()
    {
        RandomSource random = new(1);
        using Embedding embedding = new(_device, 5, 3, random);
        using Recurrent recurrent = new(_device, Cells.Lstm, new RecurrentOptions { InputSize = 3, HiddenSize = 4, LayerCount = 2 }, random);
        using Dense output = new(_device, 4, 5, random);
        Array.ForEach<Module>([embedding, recurrent, output], layer => layer.Evaluate());
        using Tape tape = Tape.Inference(_device);
        double[] expected = Array.ConvertAll(
            output.Forward(tape, recurrent.Forward(tape, embedding.Forward(tape, tape.Input([1, 2, 3, 4, 0, 1], 3, 2)), initial: null).Output).ToArray(), value => (double)value);

        using LanguageModelPredictor predictor = new(embedding, recurrent, output, 5, 2);
        float[] logits = new float[10];
        predictor.Predict([1, 2], logits);
        ElementwiseAssert.Close(expected[..10], logits, Tolerances.Single(20, 4, 4.0), "step 0");
        predictor.Select([1, 0]);
        predictor.Predict([4, 3], logits);
        ElementwiseAssert.Close([.. expected[15..20], .. expected[10..15]], logits, Tolerances.Single(20, 4, 4.0), "step 1, exchanged");
    }

    [Fact]
    public void Layers_WhoseStepsDependOnTheirNumber_AreRefused()
    {
        RandomSource random = new(1);
        using Embedding embedding = new(_device, 5, 3, random);
        using Dense output = new(_device, 4, 5, random);
        using Recurrent clockwork = new(_device, Cells.Parse("clockwork"), new RecurrentOptions { InputSize = 3, HiddenSize = 4 }, random);
        using Recurrent normalised = new(
            _device, Cells.Lstm, new RecurrentOptions { InputSize = 3, HiddenSize = 4, Step = new StepOptions { BatchNormSteps = 5 } }, random);
        foreach ((Recurrent recurrent, string reason) in new[] { (clockwork, "its periods count"), (normalised, "BatchNormSteps") })
        {
            Array.ForEach<Module>([embedding, recurrent, output], layer => layer.Evaluate());
            ArgumentException refusal = Assert.Throws<ArgumentException>(() => new LanguageModelPredictor(embedding, recurrent, output, 5, 1));
            Assert.Contains(reason, refusal.Message);
            Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new PlainDecoder(recurrent, 3)).Message);
        }
    }

    [Fact]
    public void Predictor_OfAStatefulLayer_BeginsAtZeros_AndPutsBackWhatItCarried()
    {
        RandomSource random = new(1);
        using Embedding embedding = new(_device, 5, 3, random);
        using Recurrent recurrent = new(_device, Cells.Lstm, new RecurrentOptions { InputSize = 3, HiddenSize = 4, IsStateful = true }, random);
        using Dense output = new(_device, 4, 5, random);
        Array.ForEach<Module>([embedding, recurrent, output], layer => layer.Evaluate());
        using Tape tape = Tape.Inference(_device);
        float[] Go()
        {
            float[] next = recurrent.Forward(tape, tape.Input(TestDevice.Values(9, 2), 1, 3, 3), initial: null).Output.ToArray();
            tape.Reset();
            return next;
        }

        Go();
        float[] second = Go();
        recurrent.ResetState();
        Go();
        float[] first = new float[10];
        float[] again = new float[10];
        using (LanguageModelPredictor predictor = new(embedding, recurrent, output, 5, 2))
        {
            predictor.Predict([1, 2], first);
            using LanguageModelPredictor beside = new(embedding, recurrent, output, 5, 2);
            beside.Predict([1, 2], again);
        }

        Assert.Equal(first, again);
        Assert.Equal(second, Go());
        using LanguageModelPredictor one = new(embedding, recurrent, output, 5, 2);
        using LanguageModelPredictor other = new(embedding, recurrent, output, 5, 2);
        one.Predict([1, 2], again);
        other.Predict([1, 2], again);
        Assert.Equal(first, again);
    }

    [Fact]
    public void Layers_InTraining_AndNoRow_AreRefused()
    {
        RandomSource random = new(1);
        using Embedding embedding = new(_device, 5, 3, random);
        using Recurrent recurrent = new(_device, Cells.Lstm, new RecurrentOptions { InputSize = 3, HiddenSize = 4 }, random);
        using Dense output = new(_device, 4, 5, random);
        Assert.Contains("training mode", Assert.Throws<InvalidOperationException>(() => new LanguageModelPredictor(embedding, recurrent, output, 5, 1)).Message);
        using Recurrent both = new(_device, Cells.Lstm, new RecurrentOptions { InputSize = 3, HiddenSize = 4, Bidirectional = true }, random);
        Array.ForEach<Module>([embedding, recurrent, both, output], layer => layer.Evaluate());
        Assert.Contains("Bidirectional True", Assert.Throws<ArgumentException>(() => new LanguageModelPredictor(embedding, both, output, 5, 1)).Message);
        Assert.Contains("rowCount is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new LanguageModelPredictor(embedding, recurrent, output, 5, 0)).Message);
    }
}
