using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>The steps of a padded batch that are there, without any padding: what PyTorch's pack_padded_sequence gives.</summary>
/// <remarks>
/// Rows are sorted by descending length; the data hold the first steps of all rows, then the second steps of the rows that have one, and so
/// on. A layer that treats every step by itself can run over <see cref="Data"/> as it is, and computes nothing for absent steps.
/// </remarks>
public sealed class PackedSequence
{
    private PackedSequence(Tensor data, SequenceMask mask)
    {
        Data = data;
        Mask = mask;
    }

    /// <summary>[N, …], N the steps of all rows together; PyTorch's "data".</summary>
    public Tensor Data { get; }

    /// <summary>Where the steps stand in the padded batch.</summary>
    public SequenceMask Mask { get; }

    /// <summary>For each packed step, how many rows have it; PyTorch's "batch_sizes".</summary>
    public ReadOnlySpan<int> RowCounts => Mask.Packing.Layout.RowCounts;

    /// <summary>For each sorted row, its row in the batch; PyTorch's "sorted_indices".</summary>
    public ReadOnlySpan<int> RowOrder => Mask.Packing.RowOrder;

    /// <summary>Takes the absent steps out of a padded batch.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="padded">[T, B, …].</param>
    /// <param name="mask">Which steps are there; padding may stand anywhere.</param>
    /// <exception cref="ShapeException">The first two axes are not those of the mask.</exception>
    public static PackedSequence Pack(Tape tape, Tensor padded, SequenceMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        mask.Require(padded, "PackedSequence.Pack");
        Tensor rows = Reshape.Forward(tape, padded, [mask.TimeSteps * mask.BatchSize, .. padded.Shape[2..]]);
        return new PackedSequence(PickRows.Forward(tape, rows, mask.Packing.PaddedRows), mask);
    }

    /// <summary>Puts the steps back to their places: [T, B, …], zeros where a step is absent.</summary>
    /// <param name="tape">Records the operation.</param>
    public Tensor Unpack(Tape tape)
    {
        int[] places = new int[Mask.TimeSteps * Mask.BatchSize];
        Array.Fill(places, -1);
        ReadOnlySpan<int> paddedRows = Mask.Packing.PaddedRows;
        for (int row = 0; row < paddedRows.Length; row++)
        {
            places[paddedRows[row]] = row;
        }

        return Reshape.Forward(tape, PickRows.Forward(tape, Data, places), [Mask.TimeSteps, Mask.BatchSize, .. Data.Shape[1..]]);
    }

    /// <summary>Other values for the same steps, such as a layer's output.</summary>
    /// <param name="data">[N, …].</param>
    /// <exception cref="ShapeException">The first axis is not N.</exception>
    public PackedSequence WithData(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Rank < 1 || data.Shape[0] != Data.Shape[0])
        {
            throw new ShapeException(
                $"PackedSequence.WithData: the data are {Tensor.Describe(data.Shape)}, but [N={Data.Shape[0]}, …] is needed, a row for each "
                + "step. Pass what a layer made of this sequence's Data.",
                nameof(data));
        }

        return new PackedSequence(data, Mask);
    }
}
