namespace GpuRnn.Kernels.Persistent;

/// <summary>The place where the threads that compute a row tile's vectors leave them for the threads that multiply them in the next step.</summary>
/// <remarks>
/// It holds one vector a row, [position][row of the tile], so that a tile's rows lie side by side. One step is: write, barrier of the group,
/// <see cref="Arrive"/>, then <see cref="Wait"/>, read.
/// </remarks>
internal interface IExchange
{
    /// <summary>The memory.</summary>
    ArrayView<float> Memory { get; }

    /// <summary>Where in it the vectors of a round begin.</summary>
    /// <param name="round">How many rounds were written before.</param>
    int Start(int round);

    /// <summary>Tells the other blocks of the row tile that this one has written; a barrier of the group has gone before.</summary>
    void Arrive();

    /// <summary>Returns when all blocks of the row tile have written a round, so that the whole group may read it.</summary>
    void Wait(int round);
}
