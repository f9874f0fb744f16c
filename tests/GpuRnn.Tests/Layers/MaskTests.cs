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

    private static readonly int[] s_lengths = [3, 0, 6, 1, 4];

    public static TheoryData<string> AllCells => [.. Cells.All.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(AllCells))]
    public void Forms_OfTheSameSequences_GiveTheSameOutputsAndGradients(string cell)
    {
        using Device device = DeviceCatalog.Open("cpu");
        MaskedForms.Compare(device, Cells.All.Single(one => one.Name == cell), 2, true, s_lengths, TimeSteps);
    }

    [OpenClFact]
    public void FormsOnOpenCl_OfTheSameSequences_GiveTheSameOutputsAndGradients()
    {
        using Device device = DeviceCatalog.Open(OpenClTestDevice.Information.Id);
        MaskedForms.Compare(device, Cells.Lstm, 2, true, s_lengths, TimeSteps);
        MaskedForms.Compare(device, Cells.Gru(), 2, true, s_lengths, TimeSteps);
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
        using Recurrent layer = MaskedForms.Build(device, Cells.Lstm, layers: 1, bidirectional: true);
        using Tape tape = new(device);
        SequenceMask[] masks =
        [
            SequenceMask.FromLengths(20, 20, 7, 3), SequenceMask.LeftPadded(17, 1, 17, 2), SequenceMask.FromLengths(18, 9, 9, 18),
        ];
        long bytes = 0;
        for (int pass = 0; pass < 9; pass++)
        {
            SequenceMask mask = masks[pass % 3];
            Tensor input = tape.Input(new float[mask.TimeSteps * 3 * MaskedForms.InputSize], mask.TimeSteps, 3, MaskedForms.InputSize);
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
}
