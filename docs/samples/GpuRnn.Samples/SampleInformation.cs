namespace GpuRnn.Samples;

/// <summary>What a sample shows, what it reads and what it measures.</summary>
/// <param name="Name">The name of its file without the ending.</param>
/// <param name="Title">The task and the model, in one line.</param>
/// <param name="Figures">Every number that a run records, in the order of the table.</param>
public sealed record SampleInformation(string Name, string Title, IReadOnlyList<SampleFigure> Figures)
{
    /// <summary>The files that it reads, relative to the folder that <c>GPURNN_DATA</c> names; none where it makes its own data.</summary>
    public IReadOnlyList<string> DataFiles { get; init; } = [];

    /// <summary>What it makes where the files are not at hand, in one line; the figures say nothing then.</summary>
    public string StandIn { get; init; } = string.Empty;

    /// <summary>Who reached the figures to compare with, and on what.</summary>
    public string Peer { get; init; } = "PyTorch 1.13, one core";

    /// <summary>How long the peer took, with its unit; null where nobody measured it.</summary>
    public string? PeerTime { get; init; }

    /// <summary>Seeds of a whole run, counted from 1: three, or one where a run takes more than five minutes.</summary>
    public int SeedCount { get; init; } = 3;
}
