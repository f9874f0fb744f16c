using GpuRnn.KernelModel.Execution;

namespace GpuRnn.KernelModel;

/// <summary>Where the calling work-item's group lies in an explicitly grouped launch.</summary>
/// <remarks>Every property throws <see cref="InvalidOperationException"/> outside an explicitly grouped kernel.</remarks>
public static class Grid
{
    /// <summary>The group's position along X.</summary>
    public static int IdxX => Index.X;

    /// <summary>The group's position along Y.</summary>
    public static int IdxY => Index.Y;

    /// <summary>The group's position along Z.</summary>
    public static int IdxZ => Index.Z;

    /// <summary>The group's position.</summary>
    public static Index3D Index => WorkItem.Current("Grid.Index").Group.GridIndex;

    /// <summary>The number of groups along X.</summary>
    public static int DimX => Dimension.X;

    /// <summary>The number of groups along Y.</summary>
    public static int DimY => Dimension.Y;

    /// <summary>The number of groups along Z.</summary>
    public static int DimZ => Dimension.Z;

    /// <summary>The number of groups along each axis.</summary>
    public static Index3D Dimension => WorkItem.Current("Grid.Dimension").Group.Config.GridDim;

    /// <summary>The group's number; X varies fastest.</summary>
    public static int LinearIndex => Linear(Index, Dimension);

    /// <summary>The work-item's position among all work-items of the launch.</summary>
    public static Index3D GlobalIndex => ComputeGlobalIndex(Index, Group.Index);

    /// <summary>The work-item's position among all work-items of the launch, in 64 bits.</summary>
    public static LongIndex3D LongGlobalIndex => ComputeLongGlobalIndex(Index, Group.Index);

    /// <summary>The work-item's number: the group's number times the group's size, plus the number in the group.</summary>
    public static int GlobalLinearIndex => (LinearIndex * Group.Dimension.Size) + Group.LinearIndex;

    /// <summary>Group position times group extent plus position in the group.</summary>
    public static Index1D ComputeGlobalIndex(Index1D gridIdx, Index1D groupIdx) => (gridIdx.X * Group.DimX) + groupIdx.X;

    /// <summary>Group position times group extent plus position in the group, along each axis.</summary>
    public static Index2D ComputeGlobalIndex(Index2D gridIdx, Index2D groupIdx) => (gridIdx * Group.Dimension.XY) + groupIdx;

    /// <summary>Group position times group extent plus position in the group, along each axis.</summary>
    public static Index3D ComputeGlobalIndex(Index3D gridIdx, Index3D groupIdx) => (gridIdx * Group.Dimension) + groupIdx;

    /// <summary>As ComputeGlobalIndex, in 64 bits.</summary>
    public static LongIndex1D ComputeLongGlobalIndex(Index1D gridIdx, Index1D groupIdx) => ((long)gridIdx.X * Group.DimX) + groupIdx.X;

    /// <summary>As ComputeGlobalIndex, in 64 bits.</summary>
    public static LongIndex2D ComputeLongGlobalIndex(Index2D gridIdx, Index2D groupIdx) =>
        (gridIdx.ToLongIndex() * Group.Dimension.XY.ToLongIndex()) + groupIdx.ToLongIndex();

    /// <summary>As ComputeGlobalIndex, in 64 bits.</summary>
    public static LongIndex3D ComputeLongGlobalIndex(Index3D gridIdx, Index3D groupIdx) =>
        (gridIdx.ToLongIndex() * Group.Dimension.ToLongIndex()) + groupIdx.ToLongIndex();

    private static int Linear(Index3D index, Index3D extent) => (((index.Z * extent.Y) + index.Y) * extent.X) + index.X;
}
