namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's WarpSums in the ILGPU build.</summary>
public readonly struct WarpSums
{
    /// <summary>The four sums.</summary>
    public WarpSums(float upperLeft, float upperRight, float lowerLeft, float lowerRight)
    {
        UpperLeft = upperLeft;
        UpperRight = upperRight;
        LowerLeft = lowerLeft;
        LowerRight = lowerRight;
    }

    /// <summary>Row r, column 2p.</summary>
    public float UpperLeft { get; }

    /// <summary>Row r, column 2p + 1.</summary>
    public float UpperRight { get; }

    /// <summary>Row r + 8, column 2p.</summary>
    public float LowerLeft { get; }

    /// <summary>Row r + 8, column 2p + 1.</summary>
    public float LowerRight { get; }
}
