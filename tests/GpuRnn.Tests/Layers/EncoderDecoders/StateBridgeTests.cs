using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers.EncoderDecoders;

/// <summary>From an encoder's last state to a decoder's first one, where layers and states are many.</summary>
public sealed class StateBridgeTests : IDisposable
{
    private const int BatchSize = 2;
    private const int EncoderSize = 2;
    private const int DecoderSize = 3;

    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    public void Initial_OfEachLayerAndState_ReadsTheEncodersOfTheSameNumberAndName(int encoderLayers, int decoderLayers)
    {
        RandomSource random = new(1);
        using Recurrent encoder = Build(Cells.Lstm, EncoderSize, encoderLayers, bidirectional: true, random);
        using Recurrent decoder = Build(Cells.Lstm, DecoderSize, decoderLayers, bidirectional: false, random);
        using StateBridge bridge = new(encoder, decoder, random);
        using Tape tape = Tape.Inference(_device);
        float[][] last = [.. new ulong[] { 5, 6 }.Select(seed => TestDevice.Values(2 * encoderLayers * BatchSize * EncoderSize, seed))];
        RecurrentState initial = bridge.Forward(
            tape, new RecurrentState([.. last.Select(values => tape.Input(values, 2 * encoderLayers, BatchSize, EncoderSize))]));
        for (int state = 0; state < 2; state++)
        {
            List<double> expected = [];
            for (int layer = 0; layer < decoderLayers; layer++)
            {
                float[][] parameters = [.. bridge.Parameters
                    .Where(parameter => parameter.Name.StartsWith($"{"hc"[state]}_l{layer}.", StringComparison.Ordinal))
                    .Select(parameter => parameter.Value.ToArray())];
                int first = 2 * Math.Min(layer, encoderLayers - 1);
                for (int i = 0; i < BatchSize * DecoderSize; i++)
                {
                    (int row, int unit) = (i / DecoderSize, i % DecoderSize);
                    double sum = parameters[1][unit];
                    for (int k = 0; k < 2 * EncoderSize; k++)
                    {
                        int loop = first + (k / EncoderSize);
                        sum += parameters[0][(unit * 2 * EncoderSize) + k] * last[state][(((loop * BatchSize) + row) * EncoderSize) + (k % EncoderSize)];
                    }

                    expected.Add(Math.Tanh(sum));
                }
            }

            ElementwiseAssert.Close([.. expected], initial.Tensors[state].ToArray(), Tolerances.Single(2 * EncoderSize, 2), $"state {state}");
        }
    }

    [Fact]
    public void Context_OfADeepEncoder_IsTheLastLayersOutputWhereEachDirectionEnds()
    {
        RandomSource random = new(1);
        using Encoder encoder = new(new Embedding(_device, 7, 3, random), Build(Cells.Gru(), EncoderSize, 2, bidirectional: true, random));
        using PlainDecoder decoder = new(
            new Recurrent(_device, Cells.Gru(), new RecurrentOptions { InputSize = 3 + (2 * EncoderSize), HiddenSize = DecoderSize }, random), 3, 2 * EncoderSize);
        using Tape tape = Tape.Inference(_device);
        EncoderResult encoded = encoder.Forward(tape, tape.Input([1, 2, 3, 4, 5, 0], 3, BatchSize), SequenceMask.FromLengths(3, 3, 2));
        float[] output = encoded.Output.ToArray();
        float[] Half(int step, int row, int half) => output.AsSpan((((step * BatchSize) + row) * 2 * EncoderSize) + (half * EncoderSize), EncoderSize).ToArray();

        float[] context = decoder.Start(tape, encoded.State, encoded).Context!.ToArray();

        Assert.Equal([.. Half(2, 0, 0), .. Half(0, 0, 1), .. Half(1, 1, 0), .. Half(0, 1, 1)], context);
    }

    private Recurrent Build(Cell cell, int hiddenSize, int layers, bool bidirectional, RandomSource random)
    {
        RecurrentOptions options = new() { InputSize = 3, HiddenSize = hiddenSize, LayerCount = layers, Bidirectional = bidirectional };
        return new Recurrent(_device, cell, options, random);
    }
}
