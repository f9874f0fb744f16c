namespace GpuRnn.KernelModel;

/// <summary>The four sums that one lane holds of the 16 by 8 sums of a <see cref="WarpMatrix"/>.</summary>
/// <param name="upperLeft">Row r, column 2p; r and p are the lane's <see cref="WarpMatrix.Row"/> and <see cref="WarpMatrix.Place"/>.</param>
/// <param name="upperRight">Row r, column 2p + 1.</param>
/// <param name="lowerLeft">Row r + 8, column 2p.</param>
/// <param name="lowerRight">Row r + 8, column 2p + 1.</param>
public readonly struct WarpSums(float upperLeft, float upperRight, float lowerLeft, float lowerRight)
{
    /// <summary>Row r, column 2p.</summary>
    public float UpperLeft { get; } = upperLeft;

    /// <summary>Row r, column 2p + 1.</summary>
    public float UpperRight { get; } = upperRight;

    /// <summary>Row r + 8, column 2p.</summary>
    public float LowerLeft { get; } = lowerLeft;

    /// <summary>Row r + 8, column 2p + 1.</summary>
    public float LowerRight { get; } = lowerRight;
}
