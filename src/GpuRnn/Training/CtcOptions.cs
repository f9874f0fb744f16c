namespace GpuRnn.Training;

/// <summary>How <see cref="CtcLoss"/> counts.</summary>
public sealed record CtcOptions
{
    /// <summary>The class that stands for no label; PyTorch's default is 0, too.</summary>
    public int Blank { get; init; }

    /// <summary>
    /// True counts a row whose labels no path gives (more labels, and repeats, than steps) as 0 with a gradient of 0. False gives infinity and
    /// a gradient of NaN, as PyTorch does by default, so that such a row is noticed.
    /// </summary>
    public bool ZeroInfinity { get; init; }
}
