using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Layers;

/// <summary>The same sequences in every form that a batch may have: padded on either side, with gaps, packed, and each alone.</summary>
internal static class MaskedForms
{
    public const int InputSize = 3;
    private const int HiddenSize = 4;

    public static void Compare(Device device, Cell cell, int layers, bool bidirectional, int[] lengths, int timeSteps)
    {
        using Recurrent layer = Build(device, cell, layers, bidirectional);
        MaskedSequences data = new(lengths, InputSize);
        MaskedPass right = MaskedPass.Padded(layer, data, SequenceMask.FromLengths(timeSteps, lengths), (_, step) => step);
        MaskedPass left = MaskedPass.Padded(
            layer, data, SequenceMask.LeftPadded(timeSteps, lengths), (row, step) => timeSteps - lengths[row] + step);
        MaskedPass gaps = MaskedPass.Padded(layer, data, Gaps(lengths, timeSteps), (row, step) => 1 + (step * timeSteps / lengths[row]));
        MaskedPass packed = MaskedPass.Padded(layer, data, SequenceMask.FromLengths(timeSteps, lengths), (_, step) => step, isPacked: true);
        SameBits(right, left, "padded on the left");
        SameBits(right, gaps, "with gaps");
        SameBits(right, packed, "packed");
        CompareAlone(layer, data, right, timeSteps);
    }

    // One step more than the others, so that the first is absent in every row.
    private static SequenceMask Gaps(int[] lengths, int timeSteps)
    {
        bool[] flags = new bool[(timeSteps + 1) * lengths.Length];
        for (int row = 0; row < lengths.Length; row++)
        {
            for (int step = 0; step < lengths[row]; step++)
            {
                flags[((1 + (step * timeSteps / lengths[row])) * lengths.Length) + row] = true;
            }
        }

        return SequenceMask.FromFlags(timeSteps + 1, lengths.Length, flags);
    }

    private static void SameBits(MaskedPass expected, MaskedPass actual, string form)
    {
        foreach ((string what, float[][] left, float[][] right) in new[]
        {
            ("outputs", expected.Outputs, actual.Outputs),
            ("final states", expected.Finals, actual.Finals),
            ("gradients of the inputs", expected.InputGradients, actual.InputGradients),
            ("gradients of the initial states", expected.InitialGradients, actual.InitialGradients),
            ("gradients of the parameters", expected.ParameterGradients, actual.ParameterGradients),
        })
        {
            for (int i = 0; i < left.Length; i++)
            {
                ElementwiseAssert.SameBits(left[i], right[i], $"{what} {i}, {form}");
            }
        }
    }

    /// <summary>Each sequence in a batch of its own, without a mask; a sum over rows may then round in another order.</summary>
    private static void CompareAlone(Recurrent layer, MaskedSequences data, MaskedPass batch, int timeSteps)
    {
        int[] lengths = data.Lengths;
        int terms = layer.Parameters.Max(parameter => parameter.Value.Shape[0]) + layer.OutputSize + InputSize;
        ToleranceSpec forward = Tolerances.Single(terms, 2 * timeSteps);
        ToleranceSpec backward = Tolerances.Single(terms, 4 * timeSteps, 8.0);
        double[][] parameterSums = [.. layer.Parameters.Select(parameter => new double[parameter.Value.Length])];
        for (int row = 0; row < lengths.Length; row++)
        {
            using RecurrentState initial = data.Initial(layer, row);
            if (lengths[row] == 0)
            {
                CompareEmptyRow(data, batch, initial, row);
                continue;
            }

            using Tape tape = new(layer.Device);
            using Tensor input = Tensor.FromArray(layer.Device, data.Input(row), lengths[row], 1, InputSize).TrackGradient();
            foreach (Parameter parameter in layer.Parameters)
            {
                parameter.Gradient.Clear();
            }

            RecurrentResult result = layer.Forward(tape, input, initial);
            ElementwiseAssert.Close(result.Output.ToArray(), batch.Outputs[row], forward, $"outputs of row {row}");
            tape.Backward(data.Loss(tape, result.Output, data.OutputWeights(layer.OutputSize)[row], result.State, row));
            ElementwiseAssert.Close(input.Gradient!.ToArray(), batch.InputGradients[row], backward, $"gradient of the input of row {row}");
            for (int state = 0; state < initial.Tensors.Count; state++)
            {
                float[] expected = initial.Tensors[state].Gradient!.ToArray();
                int loops = initial.Tensors[state].Shape[0];
                float[] actual = data.Row(batch.InitialGradients[state], loops, expected.Length / loops, row);
                ElementwiseAssert.Close(expected, actual, backward, $"gradient of initial state {state} of row {row}");
            }

            for (int i = 0; i < parameterSums.Length; i++)
            {
                float[] gradient = layer.Parameters[i].Gradient.ToArray();
                parameterSums[i] = [.. parameterSums[i].Zip(gradient, (sum, value) => sum + value)];
            }
        }

        ToleranceSpec sums = Tolerances.Single(terms * lengths.Sum(), 4 * timeSteps, 8.0);
        for (int i = 0; i < parameterSums.Length; i++)
        {
            ElementwiseAssert.Close(parameterSums[i], batch.ParameterGradients[i], sums, $"gradient of {layer.Parameters[i].Name}");
        }
    }

    // A row without steps ends where it began, so the gradient of its end is that of its beginning.
    private static void CompareEmptyRow(MaskedSequences data, MaskedPass batch, RecurrentState initial, int row)
    {
        for (int state = 0; state < initial.Tensors.Count; state++)
        {
            float[] start = initial.Tensors[state].ToArray();
            int loops = initial.Tensors[state].Shape[0];
            int width = start.Length / loops;
            ElementwiseAssert.SameBits(start, data.Row(batch.Finals[state], loops, width, row), $"final state {state} of the empty row");
            Assert.Contains(data.Row(batch.InitialGradients[state], loops, width, row), gradient => gradient != 0.0f);
        }
    }

    public static Recurrent Build(Device device, Cell cell, int layers, bool bidirectional)
    {
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize, LayerCount = layers, Bidirectional = bidirectional };
        return new Recurrent(device, cell, options, new RandomSource(7));
    }
}
