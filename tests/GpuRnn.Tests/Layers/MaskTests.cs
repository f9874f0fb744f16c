using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Layers;

/// <summary>The same sequences padded on the right, on the left, with gaps, packed, and each alone give the same outputs and gradients.</summary>
public sealed class MaskTests
{
    private const int TimeSteps = 6;
    private const int InputSize = 3;
    private const int HiddenSize = 4;

    private static readonly int[] s_lengths = [3, 0, 6, 1, 4];

    public static TheoryData<string> AllCells => [.. Cells.All.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(AllCells))]
    public void Forms_OfTheSameSequences_GiveTheSameOutputsAndGradients(string cell)
    {
        using Device device = DeviceCatalog.Open("cpu");
        CompareForms(device, Cells.All.Single(one => one.Name == cell));
    }

    [OpenClFact]
    public void FormsOnOpenCl_OfTheSameSequences_GiveTheSameOutputsAndGradients()
    {
        using Device device = DeviceCatalog.Open(OpenClTestDevice.Information.Id);
        CompareForms(device, Cells.Lstm);
        CompareForms(device, Cells.Gru());
    }

    [Fact]
    public void Steps_ThatTheMaskDoesNotHave_AreRefused()
    {
        SequenceMask mask = SequenceMask.FromLengths(3, 2, 1);

        Assert.Contains("step 3 was asked for, but the mask has T=3", Assert.Throws<ArgumentOutOfRangeException>(() => mask.IsPresent(3, 0)).Message);
        Assert.Contains("row -1 was asked for, but the mask has B=2", Assert.Throws<ArgumentOutOfRangeException>(() => mask.IsPresent(0, -1)).Message);
        Assert.Contains("SequenceMask.FirstStep: row 2", Assert.Throws<ArgumentOutOfRangeException>(() => mask.FirstStep(2)).Message);
        Assert.Contains("SequenceMask.LastStep: row 2", Assert.Throws<ArgumentOutOfRangeException>(() => mask.LastStep(2)).Message);
    }

    [Fact]
    public void Pack_TheExampleOfPyTorchsDocumentation_GivesItsPackedSequence()
    {
        // pack_padded_sequence(tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]]), [2, 1, 3], batch_first=True, enforce_sorted=False)
        using Device device = DeviceCatalog.Open("cpu");
        using Tape tape = new(device);
        Tensor padded = tape.Input([1.0f, 3.0f, 4.0f, 2.0f, 0.0f, 5.0f, 0.0f, 0.0f, 6.0f], 3, 3, 1);

        PackedSequence packed = PackedSequence.Pack(tape, padded, SequenceMask.FromLengths(3, 2, 1, 3));

        Assert.Equal([4.0f, 1.0f, 3.0f, 5.0f, 2.0f, 6.0f], packed.Data.ToArray());
        Assert.Equal([3, 2, 1], packed.RowCounts.ToArray());
        Assert.Equal([2, 0, 1], packed.RowOrder.ToArray());
        Assert.Equal(padded.ToArray(), packed.Unpack(tape).ToArray());
        Tensor doubled = Add.Forward(tape, packed.Data, packed.Data);
        Assert.Equal([2.0f, 6.0f, 8.0f, 4.0f, 0.0f, 10.0f, 0.0f, 0.0f, 12.0f], packed.WithData(doubled).Unpack(tape).ToArray());
        Assert.Contains("[N=6, …]", Assert.Throws<ShapeException>(() => packed.WithData(padded)).Message);
    }

    [Fact]
    public void Passes_WithMasksOfSeenLengths_AllocateNothingOnTheDevice()
    {
        using Device device = DeviceCatalog.Open("cpu");
        using Recurrent layer = Build(device, Cells.Lstm, layers: 1, bidirectional: true);
        using Tape tape = new(device);
        SequenceMask[] masks =
        [
            SequenceMask.FromLengths(20, 20, 7, 3), SequenceMask.LeftPadded(17, 1, 17, 2), SequenceMask.FromLengths(18, 9, 9, 18),
        ];
        long bytes = 0;
        for (int pass = 0; pass < 9; pass++)
        {
            SequenceMask mask = masks[pass % 3];
            Tensor input = tape.Input(new float[mask.TimeSteps * 3 * InputSize], mask.TimeSteps, 3, InputSize);
            tape.Backward(Sum.Forward(tape, layer.Forward(tape, input, mask)));
            tape.Reset();
            bytes = pass == 2 ? device.AllocatedBytes : bytes;
        }

        Assert.Equal(bytes, device.AllocatedBytes);
    }

    [Fact]
    public void Mask_Slice_IsTheMaskOfThoseSteps()
    {
        SequenceMask gaps = SequenceMask.FromFlags(4, 2, [true, false, false, true, true, true, false, true]);
        Assert.False(gaps.IsRightPadded);
        Assert.Equal([2, 3], gaps.Lengths.ToArray());
        Assert.Equal(5, gaps.PresentCount);
        Assert.Equal([0, 1, 2, 3], new[] { gaps.FirstStep(0), gaps.FirstStep(1), gaps.LastStep(0), gaps.LastStep(1) });
        SequenceMask tail = gaps.Slice(1, 3);
        Assert.Equal([false, true, true, true, false, true], Enumerable.Range(0, 6).Select(i => tail.IsPresent(i / 2, i % 2)));
        Assert.Equal([0, 2], SequenceMask.FromLengths(5, 2, 5).Slice(3, 2).Lengths.ToArray());
        Assert.True(SequenceMask.LeftPadded(3, 3, 0).IsRightPadded);
        Assert.Equal(-1, SequenceMask.LeftPadded(3, 3, 0).LastStep(1));
        Assert.Contains("steps 2 to 5", Assert.Throws<ArgumentOutOfRangeException>(() => gaps.Slice(2, 4)).Message);
        Assert.Contains("7 flags", Assert.Throws<ArgumentException>(() => SequenceMask.FromFlags(4, 2, new bool[7])).Message);
    }

    private static void CompareForms(Device device, Cell cell)
    {
        using Recurrent layer = Build(device, cell, layers: 2, bidirectional: true);
        MaskedSequences data = new(s_lengths, InputSize);
        MaskedPass right = MaskedPass.Padded(layer, data, SequenceMask.FromLengths(TimeSteps, s_lengths), (_, step) => step);
        MaskedPass left = MaskedPass.Padded(
            layer, data, SequenceMask.LeftPadded(TimeSteps, s_lengths), (row, step) => TimeSteps - s_lengths[row] + step);
        MaskedPass gaps = MaskedPass.Padded(layer, data, Gaps(), (row, step) => 1 + (step * TimeSteps / s_lengths[row]));
        MaskedPass packed = MaskedPass.Padded(layer, data, SequenceMask.FromLengths(TimeSteps, s_lengths), (_, step) => step, isPacked: true);
        SameBits(right, left, "padded on the left");
        SameBits(right, gaps, "with gaps");
        SameBits(right, packed, "packed");
        CompareAlone(layer, data, right);
    }

    // One step more than the others, so that the first is absent in every row.
    private static SequenceMask Gaps()
    {
        bool[] flags = new bool[(TimeSteps + 1) * s_lengths.Length];
        for (int row = 0; row < s_lengths.Length; row++)
        {
            for (int step = 0; step < s_lengths[row]; step++)
            {
                flags[((1 + (step * TimeSteps / s_lengths[row])) * s_lengths.Length) + row] = true;
            }
        }

        return SequenceMask.FromFlags(TimeSteps + 1, s_lengths.Length, flags);
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
    private static void CompareAlone(Recurrent layer, MaskedSequences data, MaskedPass batch)
    {
        int terms = layer.Parameters.Max(parameter => parameter.Value.Shape[0]) + layer.OutputSize + InputSize;
        ToleranceSpec forward = Tolerances.Single(terms, 2 * TimeSteps);
        ToleranceSpec backward = Tolerances.Single(terms, 4 * TimeSteps, 8.0);
        double[][] parameterSums = [.. layer.Parameters.Select(parameter => new double[parameter.Value.Length])];
        for (int row = 0; row < s_lengths.Length; row++)
        {
            using RecurrentState initial = data.Initial(layer, row);
            if (s_lengths[row] == 0)
            {
                CompareEmptyRow(data, batch, initial, row);
                continue;
            }

            using Tape tape = new(layer.Device);
            using Tensor input = Tensor.FromArray(layer.Device, data.Input(row), s_lengths[row], 1, InputSize).TrackGradient();
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

        ToleranceSpec sums = Tolerances.Single(terms * s_lengths.Sum(), 4 * TimeSteps, 8.0);
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

    private static Recurrent Build(Device device, Cell cell, int layers, bool bidirectional)
    {
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize, LayerCount = layers, Bidirectional = bidirectional };
        return new Recurrent(device, cell, options, new RandomSource(7));
    }
}
