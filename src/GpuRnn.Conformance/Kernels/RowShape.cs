using GpuRnn.KernelModel;

namespace GpuRnn.Conformance.Kernels;

/// <summary>Rows of one width in arrays whose rows lie at distances of their own.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Width">Elements of a row that count.</param>
/// <param name="SourceStride">Elements from one row of the source to the next.</param>
/// <param name="TargetStride">Elements from one row of the target to the next.</param>
internal sealed record RowShape(int Rows, int Width, int SourceStride, int TargetStride)
{
    public int Count => Rows * Width;

    public Index2D Extent => new(Width, Rows);

    public Bounded Source(KernelTrial trial, float[] source, int row, int column) => trial.Before(source, (row * SourceStride) + column);

    public Bounded Target(KernelTrial trial, float[] target, int row, int column) => trial.Before(target, (row * TargetStride) + column);
}
