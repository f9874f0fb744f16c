using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Tests.Layers;

/// <summary>The same sequences run in one way or another: every output and gradient, in the sequences' own order of steps.</summary>
/// <param name="Outputs">For each sequence, [length, W].</param>
/// <param name="Finals">For each state, [L·D, B, width].</param>
/// <param name="InputGradients">For each sequence, [length, I].</param>
/// <param name="InitialGradients">For each state, [L·D, B, width].</param>
/// <param name="ParameterGradients">For each parameter.</param>
internal sealed record MaskedPass(
    float[][] Outputs, float[][] Finals, float[][] InputGradients, float[][] InitialGradients, float[][] ParameterGradients)
{
    /// <summary>Runs a batch whose step k of row b stands at place(b, k) among T; the loss weighs outputs and final states by fixed numbers.</summary>
    public static MaskedPass Padded(Recurrent layer, MaskedSequences data, SequenceMask mask, Func<int, int, int> place, bool isPacked = false)
    {
        Device device = layer.Device;
        int batchSize = mask.BatchSize;
        float[] input = new float[mask.TimeSteps * batchSize * data.InputSize];
        float[] weights = new float[mask.TimeSteps * batchSize * layer.OutputSize];

        // What stands at absent steps may not matter, so it is what spreads to everything that reads it.
        Array.Fill(input, float.NaN);
        Spread(data.Inputs, input, batchSize, data.InputSize, place);
        Spread(data.OutputWeights(layer.OutputSize), weights, batchSize, layer.OutputSize, place);
        using Tape tape = new(device);
        using Tensor leaf = Tensor.FromArray(device, input, mask.TimeSteps, batchSize, data.InputSize).TrackGradient();
        using RecurrentState initial = data.Initial(layer);
        Clear(layer);
        (Tensor output, RecurrentState finals) = isPacked
            ? Packed(tape, layer, leaf, initial, mask)
            : Unpacked(layer.Forward(tape, leaf, initial, mask));
        float[] outputs = output.ToArray();
        float[][] states = [.. finals.Tensors.Select(state => state.ToArray())];
        tape.Backward(data.Loss(tape, output, weights, finals));
        return new MaskedPass(
            Gather(outputs, data.Lengths, batchSize, layer.OutputSize, place),
            states,
            Gather(leaf.Gradient!.ToArray(), data.Lengths, batchSize, data.InputSize, place),
            [.. initial.Tensors.Select(state => state.Gradient!.ToArray())],
            [.. layer.Parameters.Select(parameter => parameter.Gradient.ToArray())]);
    }

    private static (Tensor Output, RecurrentState State) Packed(
        Tape tape, Recurrent layer, Tensor input, RecurrentState initial, SequenceMask mask)
    {
        PackedRecurrentResult result = layer.Forward(tape, PackedSequence.Pack(tape, input, mask), initial);
        return (result.Output.Unpack(tape), result.State);
    }

    private static (Tensor Output, RecurrentState State) Unpacked(RecurrentResult result)
    {
        return (result.Output, result.State);
    }

    private static void Clear(Recurrent layer)
    {
        foreach (Parameter parameter in layer.Parameters)
        {
            parameter.Gradient.Clear();
        }
    }

    private static void Spread(float[][] sequences, float[] padded, int batchSize, int width, Func<int, int, int> place)
    {
        for (int row = 0; row < batchSize; row++)
        {
            for (int step = 0; step * width < sequences[row].Length; step++)
            {
                sequences[row].AsSpan(step * width, width).CopyTo(padded.AsSpan(((place(row, step) * batchSize) + row) * width));
            }
        }
    }

    private static float[][] Gather(float[] padded, int[] lengths, int batchSize, int width, Func<int, int, int> place)
    {
        float[] rest = [.. padded];
        float[][] sequences = new float[batchSize][];
        for (int row = 0; row < batchSize; row++)
        {
            sequences[row] = new float[lengths[row] * width];
            for (int step = 0; step < lengths[row]; step++)
            {
                Span<float> from = rest.AsSpan(((place(row, step) * batchSize) + row) * width, width);
                from.CopyTo(sequences[row].AsSpan(step * width));
                from.Clear();
            }
        }

        Assert.All(rest, value => Assert.Equal(0.0f, value));
        return sequences;
    }
}
