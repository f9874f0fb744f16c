namespace GpuRnn.Reservoirs;

/// <summary>Sequences that go through a reservoir side by side.</summary>
/// <param name="TimeSteps">T, the steps of the longest.</param>
/// <param name="BatchSize">B, the sequences.</param>
public sealed record ReservoirBatch(int TimeSteps, int BatchSize = 1)
{
    /// <summary>u, [T, B, I]; null where the network has no input.</summary>
    public double[]? Inputs { get; init; }

    /// <summary>y, [T, B, O]: what fitting learns, and what is fed back instead of the network's own output; null where there is none.</summary>
    public double[]? Targets { get; init; }

    /// <summary>Steps of each sequence, 0 to T; null when each has T.</summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    internal int LengthOf(int row)
    {
        return Lengths?[row] ?? TimeSteps;
    }
}
