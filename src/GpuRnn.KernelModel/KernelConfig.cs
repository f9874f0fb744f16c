namespace GpuRnn.KernelModel;

/// <summary>How many groups an explicitly grouped launch has, and how many work-items a group.</summary>
public readonly struct KernelConfig : IIndex
{
    /// <summary>A one-dimensional grid without dynamic shared memory.</summary>
    public KernelConfig(Index1D gridDim, Index1D groupDim)
        : this(gridDim, groupDim, default)
    {
    }

    /// <summary>A one-dimensional grid.</summary>
    public KernelConfig(Index1D gridDim, Index1D groupDim, SharedMemoryConfig sharedMemoryConfig)
        : this(new Index3D(gridDim.X, 1, 1), new Index3D(groupDim.X, 1, 1), sharedMemoryConfig)
    {
    }

    /// <summary>A two-dimensional grid without dynamic shared memory.</summary>
    public KernelConfig(Index2D gridDim, Index2D groupDim)
        : this(gridDim, groupDim, default)
    {
    }

    /// <summary>A two-dimensional grid.</summary>
    public KernelConfig(Index2D gridDim, Index2D groupDim, SharedMemoryConfig sharedMemoryConfig)
        : this(new Index3D(gridDim, 1), new Index3D(groupDim, 1), sharedMemoryConfig)
    {
    }

    /// <summary>A three-dimensional grid without dynamic shared memory.</summary>
    public KernelConfig(Index3D gridDim, Index3D groupDim)
        : this(gridDim, groupDim, default)
    {
    }

    /// <summary>A three-dimensional grid from its components, without dynamic shared memory.</summary>
    public KernelConfig(int gridDimX, int gridDimY, int gridDimZ, int groupDimX, int groupDimY, int groupDimZ)
        : this(new Index3D(gridDimX, gridDimY, gridDimZ), new Index3D(groupDimX, groupDimY, groupDimZ), default)
    {
    }

    /// <summary>A three-dimensional grid.</summary>
    public KernelConfig(Index3D gridDim, Index3D groupDim, SharedMemoryConfig sharedMemoryConfig)
    {
        GridDim = gridDim;
        GroupDim = groupDim;
        SharedMemoryConfig = sharedMemoryConfig;
    }

    /// <summary>Always <see cref="IndexType.KernelConfig"/>.</summary>
    public IndexType IndexType => IndexType.KernelConfig;

    /// <summary>The number of groups along each axis.</summary>
    public Index3D GridDim { get; }

    /// <summary>The number of work-items of a group along each axis.</summary>
    public Index3D GroupDim { get; }

    /// <summary>The dynamic shared memory of a group.</summary>
    public SharedMemoryConfig SharedMemoryConfig { get; }

    /// <summary>True when the launch has dynamic shared memory.</summary>
    public bool UsesDynamicSharedMemory => SharedMemoryConfig.UsesDynamicSharedMemory;

    /// <summary>True when every component of both extents is at least 1.</summary>
    public bool IsValid => Index3D.Min(GridDim, GroupDim) is { X: > 0, Y: > 0, Z: > 0 };

    /// <summary>The number of work-items of all groups together.</summary>
    public long Size => GridDim.LongSize * GroupDim.LongSize;

    /// <summary>Grid and group extent as a tuple.</summary>
    public (Index3D GridDim, Index3D GroupDim) ToDimensions() => (GridDim, GroupDim);

    /// <summary>All parts as a tuple.</summary>
    public (Index3D GridDim, Index3D GroupDim, SharedMemoryConfig SharedMemoryConfig) ToValueTuple() =>
        (GridDim, GroupDim, SharedMemoryConfig);

    /// <summary>Takes the two extents apart.</summary>
    public void Deconstruct(out Index3D gridDim, out Index3D groupDim) => (gridDim, groupDim) = (GridDim, GroupDim);

    /// <summary>Takes all parts apart.</summary>
    public void Deconstruct(out Index3D gridDim, out Index3D groupDim, out SharedMemoryConfig sharedMemoryConfig)
    {
        (gridDim, groupDim) = (GridDim, GroupDim);
        sharedMemoryConfig = SharedMemoryConfig;
    }

    /// <summary>Reads grid and group extent of a one-dimensional grid.</summary>
    public static implicit operator KernelConfig((Index1D GridDim, Index1D GroupDim) dimensions) =>
        new(dimensions.GridDim, dimensions.GroupDim);

    /// <summary>Reads the extents of a grid with three dimensions whose groups have one.</summary>
    public static implicit operator KernelConfig((Index3D GridDim, Index1D GroupDim) dimensions) =>
        new(dimensions.GridDim, new Index3D(dimensions.GroupDim.X, 1, 1));

    /// <summary>Reads the extents of a grid with three dimensions whose groups have two.</summary>
    public static implicit operator KernelConfig((Index3D GridDim, Index2D GroupDim) dimensions) =>
        new(dimensions.GridDim, new Index3D(dimensions.GroupDim, 1));

    /// <summary>Reads grid and group extent of a two-dimensional grid.</summary>
    public static implicit operator KernelConfig((Index2D GridDim, Index2D GroupDim) dimensions) =>
        new(dimensions.GridDim, dimensions.GroupDim);

    /// <summary>Reads grid and group extent of a three-dimensional grid.</summary>
    public static implicit operator KernelConfig((Index3D GridDim, Index3D GroupDim) dimensions) =>
        new(dimensions.GridDim, dimensions.GroupDim);

    /// <summary>Reads all parts of a one-dimensional grid.</summary>
    public static implicit operator KernelConfig((Index1D GridDim, Index1D GroupDim, SharedMemoryConfig Shared) dimensions) =>
        new(dimensions.GridDim, dimensions.GroupDim, dimensions.Shared);

    /// <summary>Reads all parts of a three-dimensional grid.</summary>
    public static implicit operator KernelConfig((Index3D GridDim, Index3D GroupDim, SharedMemoryConfig Shared) dimensions) =>
        new(dimensions.GridDim, dimensions.GroupDim, dimensions.Shared);

    /// <summary>Grid and group extent as a tuple.</summary>
    public static implicit operator (Index3D GridDim, Index3D GroupDim)(KernelConfig config) => config.ToDimensions();

    /// <summary>All parts as a tuple.</summary>
    public static implicit operator (Index3D GridDim, Index3D GroupDim, SharedMemoryConfig Shared)(KernelConfig config) => config.ToValueTuple();

    /// <inheritdoc/>
    public override string ToString() => $"grid {GridDim}, group {GroupDim}";
}
