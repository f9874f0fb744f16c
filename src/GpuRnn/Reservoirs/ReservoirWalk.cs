namespace GpuRnn.Reservoirs;

/// <summary>Takes batches through a pass in pieces of bounded memory and shows every state to a visitor, in order of time, then of sequence.</summary>
internal static class ReservoirWalk
{
    /// <summary>Fills what a step reads.</summary>
    /// <param name="time">t.</param>
    /// <param name="row">The sequence.</param>
    /// <param name="drive">Receives d.</param>
    public delegate void Fill(int time, int row, Span<double> drive);

    /// <summary>Sees a step's state.</summary>
    /// <param name="time">t.</param>
    /// <param name="row">The sequence.</param>
    /// <param name="state">x_t.</param>
    public delegate void Visit(int time, int row, ReadOnlySpan<double> state);

    /// <summary>Runs steps of a batch.</summary>
    /// <param name="pass">The step.</param>
    /// <param name="batch">Gives sizes and lengths.</param>
    /// <param name="first">The first t.</param>
    /// <param name="count">Steps.</param>
    /// <param name="state">[B, H]; where to start, then where the sequences ended.</param>
    /// <param name="fill">Called once for each step of each sequence.</param>
    /// <param name="visit">Called once for each step of each sequence, some steps later.</param>
    public static void Run(IReservoirPass pass, ReservoirBatch batch, int first, int count, double[] state, Fill fill, Visit visit)
    {
        int batchSize = batch.BatchSize;
        int size = pass.Step.Size;
        int width = pass.Step.DriveWidth;
        int piece = Math.Clamp(pass.PieceElements / (batchSize * (size + width)), 1, Math.Max(1, count));
        double[] drive = new double[piece * batchSize * width];
        double[] states = new double[piece * batchSize * size];
        for (int start = first; start < first + count; start += piece)
        {
            int steps = Math.Min(piece, first + count - start);
            int[] lengths = [.. Enumerable.Range(0, batchSize).Select(row => Math.Clamp(batch.LengthOf(row) - start, 0, steps))];
            Array.Clear(drive);
            Each(steps, lengths, (t, row) => fill(start + t, row, drive.AsSpan(((t * batchSize) + row) * width, width)));
            pass.Run(drive, steps, lengths, state, states);
            Each(steps, lengths, (t, row) => visit(start + t, row, states.AsSpan(((t * batchSize) + row) * size, size)));
        }
    }

    private static void Each(int steps, int[] lengths, Action<int, int> act)
    {
        for (int t = 0; t < steps; t++)
        {
            for (int row = 0; row < lengths.Length; row++)
            {
                if (t < lengths[row])
                {
                    act(t, row);
                }
            }
        }
    }
}
