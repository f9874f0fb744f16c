using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Sequences of different lengths, states for them to start from, and a loss that reaches every output and every final state.</summary>
internal sealed class MaskedSequences(int[] lengths, int inputSize)
{
    /// <summary>Steps of each sequence.</summary>
    public int[] Lengths => lengths;

    /// <summary>I.</summary>
    public int InputSize => inputSize;

    /// <summary>For each sequence, [length, I].</summary>
    public float[][] Inputs { get; } = [.. lengths.Select((length, row) => TestDevice.Values(length * inputSize, (ulong)(10 + row)))];

    /// <summary>One sequence alone.</summary>
    public float[] Input(int row)
    {
        return Inputs[row];
    }

    /// <summary>For each sequence, the weights of its outputs in the loss, [length, W].</summary>
    public float[][] OutputWeights(int width)
    {
        return [.. lengths.Select((length, row) => TestDevice.Values(length * width, (ulong)(50 + row)))];
    }

    /// <summary>States of all rows that track a gradient.</summary>
    public RecurrentState Initial(Recurrent layer)
    {
        return States(layer, (state, values, loops, width) => Tensor.FromArray(layer.Device, values, loops, lengths.Length, width));
    }

    /// <summary>The state of one row that tracks a gradient.</summary>
    public RecurrentState Initial(Recurrent layer, int row)
    {
        return States(layer, (state, values, loops, width) => Tensor.FromArray(layer.Device, Row(values, loops, width, row), loops, 1, width));
    }

    /// <summary>One row of a state of all rows.</summary>
    public float[] Row(float[] values, int loops, int width, int row)
    {
        return [.. Enumerable.Range(0, loops).SelectMany(loop => values.Skip(((loop * lengths.Length) + row) * width).Take(width))];
    }

    /// <summary>Σ output · weights + Σ final state · other fixed weights.</summary>
    public Tensor Loss(Tape tape, Tensor output, float[] weights, RecurrentState finals, int? row = null)
    {
        Tensor loss = Weighted(tape, output, weights);
        for (int state = 0; state < finals.Tensors.Count; state++)
        {
            Tensor final = finals.Tensors[state];
            int loops = final.Shape[0];
            int width = final.Shape[2];
            float[] all = TestDevice.Values(loops * lengths.Length * width, (ulong)(90 + state));
            loss = Add.Forward(tape, loss, Weighted(tape, final, row is int one ? Row(all, loops, width, one) : all));
        }

        return loss;
    }

    private static Tensor Weighted(Tape tape, Tensor values, float[] weights)
    {
        return Sum.Forward(tape, Multiply.Forward(tape, values, tape.Input(weights, values.Shape)));
    }

    private RecurrentState States(Recurrent layer, Func<int, float[], int, int, Tensor> make)
    {
        using Tape tape = Tape.Inference(layer.Device);
        RecurrentState shapes = layer.Forward(tape, tape.Input(new float[inputSize], 1, 1, inputSize)).State;
        return new RecurrentState([.. shapes.Tensors.Select((state, number) =>
        {
            int loops = state.Shape[0];
            int width = state.Shape[2];
            return make(number, TestDevice.Values(loops * lengths.Length * width, (ulong)(70 + number), 0.9f), loops, width).TrackGradient();
        })]);
    }
}
