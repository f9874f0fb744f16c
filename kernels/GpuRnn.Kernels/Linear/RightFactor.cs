namespace GpuRnn.Kernels.Linear;

/// <summary>What a lane holds of B: the operands b0 and b1 of <see cref="WarpMatrix"/>.</summary>
public struct RightFactor
{
    internal uint First;
    internal uint Second;
}
