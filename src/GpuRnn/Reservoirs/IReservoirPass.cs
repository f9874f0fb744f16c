namespace GpuRnn.Reservoirs;

/// <summary>A step made ready to run over sequences.</summary>
internal interface IReservoirPass : IDisposable
{
    /// <summary>The step that it runs.</summary>
    ReservoirStep Step { get; }

    /// <summary>How many numbers of states and drives a call of <see cref="Run"/> had best be given.</summary>
    int PieceElements { get; }

    /// <summary>Runs some steps of all sequences.</summary>
    /// <param name="drive">d, [T, B, width].</param>
    /// <param name="timeSteps">T, at least 1.</param>
    /// <param name="lengths">Steps of each sequence, 0 to T.</param>
    /// <param name="state">[B, H]; where to start, then where the sequences ended.</param>
    /// <param name="states">Receives x of every step, [T, B, H]; what stands beyond a length is undefined.</param>
    void Run(double[] drive, int timeSteps, int[] lengths, double[] state, double[] states);
}
