using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>Copies of tensors with other rows of the batch.</summary>
internal static class RowSelection
{
    /// <summary>[A, B, W] with row <paramref name="rows"/>[i] of the batch in the place of row i; the copy belongs to the caller.</summary>
    public static Tensor Select(Tape tape, Tensor tensor, ReadOnlySpan<int> rows)
    {
        (int count, int batchSize) = (tensor.Shape[0], tensor.Shape[1]);
        int width = tensor.Rank == 2 ? 1 : tensor.Shape[2];
        int[] places = new int[count * rows.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = (i / rows.Length * batchSize) + rows[i % rows.Length];
        }

        Tensor table = Tensors.Operations.Reshape.Forward(tape, tensor, count * batchSize, width);
        Tensor selected = Tensors.Operations.Embedding.Forward(tape, table, places, count, rows.Length);
        return (tensor.Rank == 2 ? Tensors.Operations.Reshape.Forward(tape, selected, count, rows.Length) : selected).Detach();
    }

    /// <summary>The same of every tensor of a state, which is disposed.</summary>
    public static RecurrentState Select(Tape tape, RecurrentState state, ReadOnlySpan<int> rows)
    {
        Tensor[] selected = new Tensor[state.Tensors.Count];
        for (int i = 0; i < selected.Length; i++)
        {
            selected[i] = Select(tape, state.Tensors[i], rows);
        }

        state.Dispose();
        return new RecurrentState(selected);
    }

    public static void RequireRows(ReadOnlySpan<int> rows, int count, string where)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)count)
            {
                throw new ArgumentOutOfRangeException(nameof(rows), $"{where}: row {row} was asked for, but there are the rows 0 to {count - 1}. Pass rows that exist.");
            }
        }

        if (rows.Length == 0)
        {
            throw new ArgumentException($"{where}: no row was asked for, but at least one is needed. Dispose the predictor where nothing is left to do.", nameof(rows));
        }
    }

    public static void RequireStep(int tokens, int logits, int rows, int vocabularySize, string where)
    {
        if (tokens != rows || logits != rows * vocabularySize)
        {
            throw new ArgumentException(
                $"{where}: {tokens} tokens and room for {logits} logits arrived, but there are {rows} rows and {vocabularySize} tokens in the vocabulary. "
                + $"Pass {rows} tokens and room for {(long)rows * vocabularySize} logits.");
        }
    }

    public static void RequireEvaluation(Module model, string where)
    {
        if (model.IsTraining)
        {
            throw new InvalidOperationException($"{where}: the model is in training mode, in which dropout changes its results. Call its Evaluate first.");
        }
    }
}
