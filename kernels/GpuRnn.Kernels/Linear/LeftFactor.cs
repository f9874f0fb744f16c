namespace GpuRnn.Kernels.Linear;

/// <summary>What a lane holds of A: the operands a0 to a3 of <see cref="WarpMatrix"/>.</summary>
public struct LeftFactor
{
    internal uint UpperFirst;
    internal uint LowerFirst;
    internal uint UpperSecond;
    internal uint LowerSecond;
}
